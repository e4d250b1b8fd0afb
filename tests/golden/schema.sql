-- extensions
extension btree_gist
extension ltree
extension timescaledb

-- tables and views
access_grant table, row security for the owner too
  id bigint not null identity a
  officer_id uuid not null
  wearer_id integer not null
  reason text not null
  during tstzrange not null
  kind text not null = 'lainnya'::text
act_to_tell table
  act_id bigint not null
  since timestamp with time zone not null = clock_timestamp()
alarm_word table, row security for the owner too
  id integer not null identity a
  unit_path ltree not null
  model text not null
  model_key text not null generated = regexp_replace(lower(model), '[^a-z0-9]'::text, ''::text, 'g'::text)
  protocol text not null
  word text not null
  meaning text not null
  reason text not null
  officer_id uuid
  mapped_at timestamp with time zone not null
alarm_word_seen table, row security for the owner too
  bracelet_id integer not null
  protocol text not null
  word text not null
  reports bigint not null
  first_at timestamp with time zone not null
  last_at timestamp with time zone not null
approval_rule table, row security for the owner too
  kind text not null
  role text not null
  does text not null
assignment table, row security for the owner too
  id integer not null identity a
  bracelet_id integer not null
  wearer_id integer not null
  during tstzrange not null
audit table, row security for the owner too
  id bigint not null
  at timestamp with time zone not null
  actor text not null
  officer_id uuid
  unit_path ltree
  action text not null
  subject text not null
  wearer_id integer
  reason text
  detail jsonb
  previous_hash bytea not null
  hash bytea not null
audit_head table, row security for the owner too
  one boolean not null = true
  id bigint not null
  hash bytea not null
auth."user" table
  id text not null
  name text not null
  email text not null
  "emailVerified" boolean not null
  image text
  "createdAt" timestamp with time zone not null = CURRENT_TIMESTAMP
  "updatedAt" timestamp with time zone not null = CURRENT_TIMESTAMP
  username text
  "displayUsername" text
auth.account table
  id text not null
  "accountId" text not null
  "providerId" text not null
  "userId" text not null
  "accessToken" text
  "refreshToken" text
  "idToken" text
  "accessTokenExpiresAt" timestamp with time zone
  "refreshTokenExpiresAt" timestamp with time zone
  scope text
  password text
  "createdAt" timestamp with time zone not null = CURRENT_TIMESTAMP
  "updatedAt" timestamp with time zone not null = CURRENT_TIMESTAMP
auth.session table
  id text not null
  "expiresAt" timestamp with time zone not null
  token text not null
  "createdAt" timestamp with time zone not null = CURRENT_TIMESTAMP
  "updatedAt" timestamp with time zone not null = CURRENT_TIMESTAMP
  "ipAddress" text
  "userAgent" text
  "userId" text not null
auth.sign_in_try table
  key text not null
  failed integer not null
  since timestamp with time zone not null
auth.verification table
  id text not null
  identifier text not null
  value text not null
  "expiresAt" timestamp with time zone not null
  "createdAt" timestamp with time zone not null = CURRENT_TIMESTAMP
  "updatedAt" timestamp with time zone not null = CURRENT_TIMESTAMP
bracelet table, row security for the owner too
  id integer not null identity a
  device_id text not null
  model text not null
  unit_path ltree not null
  secret_sha256 text
  id_suffices boolean not null = false
  revoked_at timestamp with time zone
  settings jsonb
  protocol text
  requires_tls boolean not null = false
  certificate_sha256 text
  certificate_cn text
  preshared_key boolean not null = false
  networks cidr[]
  custody text not null = 'gudang'::text
  sim_number text
  clock_correction_ms bigint
  clock_set_at timestamp with time zone
  clock_reason text
  sim_ends date
condition table, row security for the owner too
  version_id bigint not null identity a
  id text not null = (gen_random_uuid())::text
  wearer_id integer not null
  kind text not null
  zone_id text not null
  during tstzrange not null
  time_zone text not null
  windows jsonb
  severity text
  parameters jsonb
  legal_basis text not null
  author_id uuid not null
  approver_id uuid not null
  made_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  cancelled_at timestamp with time zone
  end_author_id uuid
  end_approver_id uuid
custody_entry table, row security for the owner too
  id bigint not null identity a
  bracelet_id integer not null
  at timestamp with time zone not null = now()
  custody text not null
  officer_id uuid
  reason text
fitting table, row security for the owner too
  id bigint not null identity a
  assignment_id integer not null
  act text not null
  at timestamp with time zone not null = now()
  officer_id uuid
  identity text
  klien_signed text
  officer_signed text
  reason text
fix table
  "time" timestamp with time zone not null
  received_at timestamp with time zone not null
  content_key bigint not null
  wearer_id integer not null
  bracelet_id integer not null
  alarms integer not null
  lat_e7 integer not null
  lon_e7 integer not null
  flags smallint not null
  source smallint not null
  protocol smallint not null
  battery_percent smallint
  charging smallint
  strap smallint
  case_contact smallint
  satellites smallint
  battery_mv integer
  accuracy_m real
  speed_mps real
  course_deg real
  altitude_m real
  hdop real
  attributes json
gateway table, row security for the owner too
  id text not null
  unit_path ltree not null
  secret_sha256 text not null
  revoked_at timestamp with time zone
idempotency table, row security for the owner too
  officer_id uuid not null
  key text not null
  request_sha256 text not null
  at timestamp with time zone not null = now()
  answer json
incident table, row security for the owner too
  id uuid not null
  revision integer not null
  type text not null
  severity text not null
  wearer_id integer
  condition_id text
  start_at timestamp with time zone not null
  end_at timestamp with time zone
  withdrawn boolean not null
  body jsonb not null
  resolved_at timestamp with time zone
  unit_path ltree
  standing jsonb
  matter_id uuid not null generated = COALESCE(((body ->> 'matterId'::text))::uuid, id)
incident_revision table, row security for the owner too
  incident_id uuid not null
  revision integer not null
  wearer_id integer
  body jsonb not null
  unit_path ltree
  known_at timestamp with time zone
invitation table, row security for the owner too
  id bigint not null identity a
  officer_id uuid not null
  username text not null
  token_sha256 text not null
  made_at timestamp with time zone not null
  ends_at timestamp with time zone not null
  used_at timestamp with time zone
  revoked_at timestamp with time zone
officer table, row security for the owner too
  id uuid not null = gen_random_uuid()
  name text not null
  role text not null
  unit_path ltree not null
  auth_user_id text
  active boolean not null = true
  nip text
  phone text
  email text
officer_act table, row security for the owner too
  act_id bigint not null identity a
  incident_id uuid not null
  wearer_id integer
  action text not null
  officer_id uuid not null
  officer_name text not null
  at timestamp with time zone not null
  note text
  resolution text
  signs integer not null = 1
  unit_path ltree
  revision integer
  officer_role text
  changes bigint
  escalated_to jsonb
  matter_id uuid
permit table, row security for the owner too
  id text not null = (gen_random_uuid())::text
  wearer_id integer not null
  during tstzrange not null
  condition_ids text[]
  zone_id text
  decided_at timestamp with time zone not null
  legal_basis text not null
  author_id uuid not null
  approver_id uuid not null
  changed_at timestamp with time zone not null
  cancelled_at timestamp with time zone
  end_author_id uuid
  end_approver_id uuid
proposal table, row security for the owner too
  id uuid not null = gen_random_uuid()
  wearer_id integer not null
  kind text not null
  body jsonb not null
  author_id uuid not null
  made_at timestamp with time zone not null
  state text not null = 'pending'::text
  decider_id uuid
  decided_at timestamp with time zone
  reason text
  result_id text
quarantine table, row security for the owner too
  received_at timestamp with time zone not null
  source_id text not null
  protocol text not null
  reason text not null
  detail text not null
  device_id text
  raw bytea not null
  cut boolean not null
reading_alarm table, row security for the owner too
  id bigint not null identity a
  at timestamp with time zone not null = clock_timestamp()
  officer_id uuid not null
  unit_path ltree not null
  what text not null
  per text not null
  found integer not null
  allowed integer not null
reading_limit table, row security for the owner too
  role text not null
  what text not null
  per text not null
  allowed integer not null
reason_review table, row security for the owner too
  audit_id bigint not null
  reviewer_id uuid not null
  at timestamp with time zone not null = clock_timestamp()
  verdict text not null
  note text
recipient table, row security for the owner too
  id uuid not null
  unit_path ltree not null
  name text not null
  level text not null
  language text not null
  sealed_ways text not null
  active boolean not null = true
record_position table, row security for the owner too
  shard integer not null
  token bigint not null
  last_id text not null
retention table, row security for the owner too
  kept text not null
  days integer
rules_version table, row security for the owner too
  one boolean not null = true
  version bigint not null
schema_migration table
  name text not null
  checksum text not null
  ran_at timestamp with time zone not null = now()
seen_incident view {security_barrier=true}
  id uuid
  wearer_id integer
  body jsonb
 SELECT i.id,
    i.wearer_id,
    i.body
   FROM incident i
     JOIN sight s ON s.wearer_id = i.wearer_id
UNION ALL
 SELECT i.id,
    i.wearer_id,
    i.body
   FROM incident i
  WHERE (i.unit_path IN ( SELECT units_in_sight.path
           FROM units_in_sight() units_in_sight(path, name)));
seen_revision view {security_barrier=true}
  incident_id uuid
  revision integer
  wearer_id integer
  body jsonb
 SELECT r.incident_id,
    r.revision,
    r.wearer_id,
    r.body
   FROM incident_revision r
     JOIN sight s ON s.wearer_id = r.wearer_id
UNION ALL
 SELECT r.incident_id,
    r.revision,
    r.wearer_id,
    r.body
   FROM incident_revision r
  WHERE (r.unit_path IN ( SELECT units_in_sight.path
           FROM units_in_sight() units_in_sight(path, name)));
sight view
  wearer_id integer
 SELECT id AS wearer_id
   FROM wearer w
  WHERE unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND
        CASE
            WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'kepala_bapas'::text, 'operator'::text]) THEN true
            WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text]) THEN (( SELECT acting_officer_id() AS acting_officer_id)) = pk_officer_id OR (( SELECT acting_officer_id() AS acting_officer_id)) = asisten_officer_id OR (id IN ( SELECT granted_wearer_ids() AS granted_wearer_ids))
            WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kanwil'::text, 'ditjenpas'::text]) THEN (id IN ( SELECT granted_wearer_ids() AS granted_wearer_ids))
            ELSE false
        END;
supervision table, row security for the owner too
  id integer not null identity a
  wearer_id integer not null
  programme text not null
  sk_number text not null
  during tstzrange not null
  made_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  end_kind text
  end_reason text
  ended_by uuid
  sk_date date
  sk_issuer text
track view {security_barrier=true}
  "time" timestamp with time zone
  received_at timestamp with time zone
  content_key bigint
  wearer_id integer
  bracelet_id integer
  alarms integer
  lat_e7 integer
  lon_e7 integer
  flags smallint
  source smallint
  protocol smallint
  battery_percent smallint
  charging smallint
  strap smallint
  case_contact smallint
  satellites smallint
  battery_mv integer
  accuracy_m real
  speed_mps real
  course_deg real
  altitude_m real
  hdop real
  attributes json
 SELECT "time",
    received_at,
    content_key,
    wearer_id,
    bracelet_id,
    alarms,
    lat_e7,
    lon_e7,
    flags,
    source,
    protocol,
    battery_percent,
    charging,
    strap,
    case_contact,
    satellites,
    battery_mv,
    accuracy_m,
    speed_mps,
    course_deg,
    altitude_m,
    hdop,
    attributes
   FROM fix f
  WHERE (EXISTS ( SELECT
           FROM wearer w
          WHERE w.id = f.wearer_id AND w.unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND
                CASE
                    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'kepala_bapas'::text, 'operator'::text]) THEN true
                    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text]) THEN (( SELECT acting_officer_id() AS acting_officer_id)) = w.pk_officer_id OR (( SELECT acting_officer_id() AS acting_officer_id)) = w.asisten_officer_id OR (w.id IN ( SELECT granted_wearer_ids() AS granted_wearer_ids))
                    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kanwil'::text, 'ditjenpas'::text]) THEN (w.id IN ( SELECT granted_wearer_ids() AS granted_wearer_ids))
                    ELSE false
                END));
unit table, row security for the owner too
  path ltree not null
  parent ltree generated = 
CASE
    WHEN (nlevel(path) > 1) THEN subpath(path, 0, '-1'::integer)
    ELSE NULL::ltree
END
  name text not null
  kind text not null
  time_zone text not null
  rules_version bigint not null = 0
  device_networks cidr[]
  address text
  phone text
wearer table, row security for the owner too
  id integer not null identity a
  uuid uuid not null = gen_random_uuid()
  name text not null
  nik text not null
  nik_masked text not null generated = ('************'::text || "right"(nik, 4))
  unit_path ltree not null
  pk_officer_id uuid
  asisten_officer_id uuid
  report_interval_ms integer not null = 60000
  silence_grace_ms integer not null = 900000
  plan_changed_at timestamp with time zone not null = '-infinity'::timestamp with time zone
  birth_date date
  phone text
  address text
  guarantor_name text
  guarantor_phone text
  sdp_number text
  domicile text
  polsek_name text
  polsek_phone text
  risk text
  health text
  needs text[]
wearer_version table, row security for the owner too
  wearer_id integer not null
  version integer not null
  at timestamp with time zone not null = now()
  author_id uuid not null
  reason text not null
  body jsonb not null
zone table, row security for the owner too
  id text not null = (gen_random_uuid())::text
  lineage uuid not null = gen_random_uuid()
  name text not null
  unit_path ltree not null
  shape jsonb not null
  shared boolean not null = false
  author_id uuid not null
  made_at timestamp with time zone not null
  retired_at timestamp with time zone

-- hypertables
fix by time every 1 day
quarantine by received_at every 7 days

-- constraints
access_grant access_grant_during_check CHECK (is_span(during) AND NOT upper_inf(during))
access_grant access_grant_kind_check CHECK (kind = ANY (reason_kinds()))
access_grant access_grant_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
access_grant access_grant_pkey PRIMARY KEY (id)
access_grant access_grant_reason_check CHECK (length(btrim(reason)) >= 5)
access_grant access_grant_reason_says_something CHECK (reason_has_content(reason) IS TRUE) NOT VALID
access_grant access_grant_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
act_to_tell act_to_tell_act_id_fkey FOREIGN KEY (act_id) REFERENCES officer_act(act_id)
act_to_tell act_to_tell_pkey PRIMARY KEY (act_id)
alarm_word alarm_word_meaning_check CHECK (meaning = ANY (ARRAY['none'::text, 'unknown'::text, 'strap=open'::text, 'strap=closed'::text, 'case=open'::text, 'case=closed'::text, 'sos'::text, 'strapOpen'::text, 'caseOpen'::text, 'tamper'::text, 'batteryLow'::text, 'powerCut'::text, 'powerOff'::text, 'jamming'::text, 'gnssFault'::text, 'vibration'::text, 'fall'::text, 'overspeed'::text, 'zoneIn'::text, 'zoneOut'::text, 'restart'::text, 'movement'::text, 'other'::text]))
alarm_word alarm_word_model_check CHECK (length(model) >= 1 AND length(model) <= 120)
alarm_word alarm_word_model_has_letters CHECK (model_key <> ''::text)
alarm_word alarm_word_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
alarm_word alarm_word_pkey PRIMARY KEY (id)
alarm_word alarm_word_protocol_check CHECK (length(protocol) <= 32)
alarm_word alarm_word_reason_check CHECK (length(reason) <= 500)
alarm_word alarm_word_unit_path_fkey FOREIGN KEY (unit_path) REFERENCES unit(path)
alarm_word alarm_word_unit_path_model_key_protocol_word_key UNIQUE (unit_path, model_key, protocol, word)
alarm_word alarm_word_word_check CHECK (length(word) >= 1 AND length(word) <= 40)
alarm_word_seen alarm_word_seen_bracelet_id_fkey FOREIGN KEY (bracelet_id) REFERENCES bracelet(id)
alarm_word_seen alarm_word_seen_pkey PRIMARY KEY (bracelet_id, protocol, word)
alarm_word_seen alarm_word_seen_protocol_check CHECK (length(protocol) <= 32)
alarm_word_seen alarm_word_seen_word_check CHECK (length(word) >= 1 AND length(word) <= 40)
approval_rule approval_rule_does_check CHECK (does = ANY (ARRAY['proposes'::text, 'approves'::text]))
approval_rule approval_rule_pkey PRIMARY KEY (kind, role, does)
assignment assignment_bracelet_id_fkey FOREIGN KEY (bracelet_id) REFERENCES bracelet(id)
assignment assignment_during_check CHECK (is_span(during))
assignment assignment_one_wearer_at_a_time EXCLUDE USING gist (bracelet_id WITH =, during WITH &&)
assignment assignment_pkey PRIMARY KEY (id)
assignment assignment_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
audit audit_action_check CHECK (btrim(action) <> ''::text)
audit audit_pkey PRIMARY KEY (id)
audit note_head TRIGGER DEFERRABLE INITIALLY DEFERRED
audit_head audit_head_one_check CHECK (one)
audit_head audit_head_pkey PRIMARY KEY (one)
auth."user" user_email_key UNIQUE (email)
auth."user" user_pkey PRIMARY KEY (id)
auth."user" user_username_key UNIQUE (username)
auth.account "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
auth.account account_pkey PRIMARY KEY (id)
auth.session "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
auth.session session_pkey PRIMARY KEY (id)
auth.session session_token_key UNIQUE (token)
auth.sign_in_try sign_in_try_pkey PRIMARY KEY (key)
auth.verification verification_pkey PRIMARY KEY (id)
bracelet bracelet_certificate_cn_check CHECK (length(certificate_cn) >= 1 AND length(certificate_cn) <= 64)
bracelet bracelet_certificate_sha256_check CHECK (certificate_sha256 ~ '^[0-9a-f]{64}$'::text)
bracelet bracelet_clock_correction_ms_check CHECK (clock_correction_ms <> 0 AND ((clock_correction_ms % 900000::bigint) = 0 AND abs(clock_correction_ms) <= 50400000 OR (clock_correction_ms % '619315200000'::bigint) = 0 AND abs(clock_correction_ms) <= '1238630400000'::bigint))
bracelet bracelet_clock_reason_check CHECK (length(clock_reason) <= 500)
bracelet bracelet_custody_check CHECK (custody = ANY (ARRAY['gudang'::text, 'dipakai'::text, 'servis'::text, 'hilang'::text, 'rusak'::text]))
bracelet bracelet_device_id_check CHECK (length(device_id) >= 1 AND length(device_id) <= 64)
bracelet bracelet_device_id_key UNIQUE (device_id)
bracelet bracelet_id_never_suffices_over_http CHECK (NOT (id_suffices AND (protocol = ANY (ARRAY['own'::text, 'gateway'::text, 'osmand'::text, 'owntracks'::text]))))
bracelet bracelet_networks_check CHECK (cardinality(networks) >= 1 AND cardinality(networks) <= 16)
bracelet bracelet_pkey PRIMARY KEY (id)
bracelet bracelet_protocol_check CHECK (protocol = ANY (ARRAY['own'::text, 'gateway'::text, 'osmand'::text, 'megastek'::text, 'gt06'::text, 'owntracks'::text, 'jt808'::text, 'laipac'::text, 'r16h'::text, 'xexun3'::text, 'iw'::text, 'watch'::text, 'teltonika'::text, 'h02'::text]))
bracelet bracelet_secret_sha256_check CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'::text)
bracelet bracelet_settings_check CHECK (jsonb_typeof(settings) = 'object'::text)
bracelet bracelet_sim_number_check CHECK (sim_number ~ '^[0-9+]{5,25}$'::text)
bracelet bracelet_unit_path_fkey FOREIGN KEY (unit_path) REFERENCES unit(path)
condition condition_approver_id_fkey FOREIGN KEY (approver_id) REFERENCES officer(id)
condition condition_author_id_fkey FOREIGN KEY (author_id) REFERENCES officer(id)
condition condition_during_check CHECK (is_span(during))
condition condition_end_approver_id_fkey FOREIGN KEY (end_approver_id) REFERENCES officer(id)
condition condition_end_author_id_fkey FOREIGN KEY (end_author_id) REFERENCES officer(id)
condition condition_id_check CHECK (length(id) >= 1 AND length(id) <= 64)
condition condition_kind_check CHECK (kind = ANY (ARRAY['required'::text, 'avoided'::text, 'corridor'::text, 'region'::text, 'neutral'::text]))
condition condition_legal_basis_check CHECK (btrim(legal_basis) <> ''::text)
condition condition_never_backwards CHECK (lower(during) >= made_at AND changed_at >= made_at)
condition condition_one_version_at_a_time EXCLUDE USING gist (id WITH =, during WITH &&) WHERE (cancelled_at IS NULL)
condition condition_parameters_check CHECK (jsonb_typeof(parameters) = 'object'::text)
condition condition_pkey PRIMARY KEY (version_id)
condition condition_severity_check CHECK (severity = ANY (ARRAY['informasi'::text, 'serius'::text, 'kritis'::text]))
condition condition_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
condition condition_windows_check CHECK (jsonb_typeof(windows) = 'array'::text)
condition condition_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES zone(id)
custody_entry custody_entry_bracelet_id_fkey FOREIGN KEY (bracelet_id) REFERENCES bracelet(id)
custody_entry custody_entry_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
custody_entry custody_entry_pkey PRIMARY KEY (id)
fitting fitting_act_check CHECK (act = ANY (ARRAY['pasang'::text, 'lepas'::text]))
fitting fitting_assignment_id_act_key UNIQUE (assignment_id, act)
fitting fitting_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES assignment(id)
fitting fitting_identity_check CHECK (identity = ANY (ARRAY['ktp'::text, 'kk'::text, 'sk'::text, 'foto'::text, 'dikenal'::text]))
fitting fitting_klien_signed_check CHECK (length(klien_signed) >= 1 AND length(klien_signed) <= 120)
fitting fitting_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
fitting fitting_officer_signed_check CHECK (length(officer_signed) >= 1 AND length(officer_signed) <= 120)
fitting fitting_pkey PRIMARY KEY (id)
fitting fitting_reason_check CHECK (length(reason) <= 500)
gateway gateway_id_check CHECK (id ~ '^[A-Za-z0-9._-]{1,64}$'::text)
gateway gateway_pkey PRIMARY KEY (id)
gateway gateway_secret_sha256_check CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'::text)
gateway gateway_unit_path_fkey FOREIGN KEY (unit_path) REFERENCES unit(path)
idempotency idempotency_key_check CHECK (key ~ '^[A-Za-z0-9_-]{8,100}$'::text)
idempotency idempotency_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
idempotency idempotency_pkey PRIMARY KEY (officer_id, key)
idempotency idempotency_request_sha256_check CHECK (request_sha256 ~ '^[0-9a-f]{64}$'::text)
incident incident_check CHECK (num_nonnulls(wearer_id, unit_path) = 1)
incident incident_pkey PRIMARY KEY (id)
incident incident_revision_check CHECK (revision >= 1)
incident incident_severity_check CHECK (severity = ANY (ARRAY['informasi'::text, 'serius'::text, 'kritis'::text]))
incident_revision incident_revision_check1 CHECK (num_nonnulls(wearer_id, unit_path) = 1)
incident_revision incident_revision_pkey PRIMARY KEY (incident_id, revision)
invitation invitation_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
invitation invitation_pkey PRIMARY KEY (id)
invitation invitation_token_sha256_check CHECK (token_sha256 ~ '^[0-9a-f]{64}$'::text)
invitation invitation_token_sha256_key UNIQUE (token_sha256)
invitation invitation_username_check CHECK (username ~ '^[a-z0-9._-]{3,64}$'::text)
officer officer_auth_user_id_fkey FOREIGN KEY (auth_user_id) REFERENCES auth."user"(id) ON DELETE SET NULL
officer officer_auth_user_id_key UNIQUE (auth_user_id)
officer officer_email_check CHECK (length(email) <= 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text)
officer officer_name_check CHECK (btrim(name) <> ''::text)
officer officer_name_length CHECK (length(name) <= 120) NOT VALID
officer officer_nip_check CHECK (nip ~ '^[0-9]{18}$'::text)
officer officer_nip_key UNIQUE (nip)
officer officer_phone_check CHECK (phone ~ '^[0-9+() -]{3,30}$'::text)
officer officer_pkey PRIMARY KEY (id)
officer officer_role_check CHECK (role = ANY (ARRAY['pk'::text, 'asisten_pk'::text, 'kasubsi'::text, 'kepala_bapas'::text, 'operator'::text, 'kanwil'::text, 'ditjenpas'::text, 'auditor'::text, 'admin_ti'::text]))
officer officer_unit_path_fkey FOREIGN KEY (unit_path) REFERENCES unit(path)
officer_act officer_act_action_check CHECK (action = ANY (ARRAY['acknowledge'::text, 'note'::text, 'escalate'::text, 'resolve'::text]))
officer_act officer_act_changes_fkey FOREIGN KEY (changes) REFERENCES officer_act(act_id)
officer_act officer_act_check CHECK ((action = 'resolve'::text) = (resolution IS NOT NULL))
officer_act officer_act_check1 CHECK (action <> 'note'::text OR btrim(note) <> ''::text)
officer_act officer_act_check2 CHECK (num_nonnulls(wearer_id, unit_path) = 1)
officer_act officer_act_check3 CHECK (changes IS NULL OR action = 'resolve'::text)
officer_act officer_act_check4 CHECK (escalated_to IS NULL OR action = 'escalate'::text)
officer_act officer_act_escalated_to_check CHECK (pg_column_size(escalated_to) <= 4096)
officer_act officer_act_note_check CHECK (length(note) <= 4000)
officer_act officer_act_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
officer_act officer_act_pkey PRIMARY KEY (act_id)
officer_act officer_act_resolution_check CHECK (resolution = ANY (ARRAY['pelanggaran'::text, 'alasan_sah'::text, 'alarm_palsu'::text, 'gangguan_alat'::text]))
officer_act officer_act_revision_check CHECK (revision >= 1)
officer_act officer_act_signs_check CHECK (signs >= 1)
officer_act officer_act_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
permit permit_approver_id_fkey FOREIGN KEY (approver_id) REFERENCES officer(id)
permit permit_author_id_fkey FOREIGN KEY (author_id) REFERENCES officer(id)
permit permit_check CHECK (changed_at >= decided_at)
permit permit_condition_ids_check CHECK (cardinality(condition_ids) > 0)
permit permit_during_check CHECK (is_span(during) AND NOT upper_inf(during))
permit permit_end_approver_id_fkey FOREIGN KEY (end_approver_id) REFERENCES officer(id)
permit permit_end_author_id_fkey FOREIGN KEY (end_author_id) REFERENCES officer(id)
permit permit_id_check CHECK (length(id) >= 1 AND length(id) <= 64)
permit permit_legal_basis_check CHECK (btrim(legal_basis) <> ''::text)
permit permit_pkey PRIMARY KEY (id)
permit permit_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
permit permit_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES zone(id)
proposal proposal_author_id_fkey FOREIGN KEY (author_id) REFERENCES officer(id)
proposal proposal_body_check CHECK (jsonb_typeof(body) = 'object'::text AND pg_column_size(body) <= 16384)
proposal proposal_check CHECK ((state = 'pending'::text) = (decided_at IS NULL))
proposal proposal_check1 CHECK ((state <> ALL (ARRAY['refused'::text, 'returned'::text])) OR reason_has_content(reason) IS TRUE)
proposal proposal_decider_id_fkey FOREIGN KEY (decider_id) REFERENCES officer(id)
proposal proposal_kind_check CHECK (kind = ANY (ARRAY['condition'::text, 'condition_avoided'::text, 'permit_short'::text, 'permit_out_of_town'::text, 'permit_abroad'::text]))
proposal proposal_pkey PRIMARY KEY (id)
proposal proposal_reason_check CHECK (length(reason) <= 500)
proposal proposal_state_check CHECK (state = ANY (ARRAY['pending'::text, 'approved'::text, 'refused'::text, 'returned'::text, 'withdrawn'::text]))
proposal proposal_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
quarantine quarantine_received_at_source_id_key UNIQUE (received_at, source_id)
reading_alarm reading_alarm_officer_id_fkey FOREIGN KEY (officer_id) REFERENCES officer(id)
reading_alarm reading_alarm_pkey PRIMARY KEY (id)
reading_limit reading_limit_allowed_check CHECK (allowed >= 0)
reading_limit reading_limit_per_check CHECK (per = ANY (ARRAY['hour'::text, 'day'::text]))
reading_limit reading_limit_pkey PRIMARY KEY (role, what, per)
reading_limit reading_limit_what_check CHECK (what = ANY (ARRAY['persons'::text, 'niks'::text, 'reasons'::text]))
reason_review reason_review_note_check CHECK (length(note) <= 1000)
reason_review reason_review_pkey PRIMARY KEY (audit_id)
reason_review reason_review_reviewer_id_fkey FOREIGN KEY (reviewer_id) REFERENCES officer(id)
reason_review reason_review_verdict_check CHECK (verdict = ANY (ARRAY['layak'::text, 'perlu_penjelasan'::text, 'tidak_layak'::text]))
recipient recipient_language_check CHECK (language = ANY (ARRAY['id'::text, 'en'::text]))
recipient recipient_level_check CHECK (level = ANY (ARRAY['petugas'::text, 'kasubsi'::text, 'kepala_bapas'::text]))
recipient recipient_name_check CHECK (length(name) >= 1 AND length(name) <= 120)
recipient recipient_pkey PRIMARY KEY (id)
recipient recipient_sealed_ways_check CHECK (length(sealed_ways) <= 16384)
recipient recipient_unit_path_fkey FOREIGN KEY (unit_path) REFERENCES unit(path)
recipient recipients_per_unit TRIGGER
record_position record_position_last_id_check CHECK (last_id ~ '^[0-9]+-[0-9]+$'::text)
record_position record_position_pkey PRIMARY KEY (shard)
retention retention_days_check CHECK (days > 0)
retention retention_kept_check CHECK (kept = ANY (ARRAY['fix'::text, 'quarantine'::text]))
retention retention_pkey PRIMARY KEY (kept)
rules_version rules_version_one_check CHECK (one)
rules_version rules_version_pkey PRIMARY KEY (one)
schema_migration schema_migration_pkey PRIMARY KEY (name)
supervision supervision_check CHECK (changed_at >= made_at)
supervision supervision_during_check CHECK (is_span(during) AND NOT upper_inf(during))
supervision supervision_end_kind_check CHECK (end_kind = ANY (ARRAY['selesai'::text, 'pencabutan'::text, 'meninggal'::text, 'lainnya'::text]))
supervision supervision_end_reason_check CHECK (length(end_reason) <= 500)
supervision supervision_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES officer(id)
supervision supervision_one_at_a_time EXCLUDE USING gist (wearer_id WITH =, during WITH &&)
supervision supervision_pkey PRIMARY KEY (id)
supervision supervision_programme_check CHECK (programme = ANY (ARRAY['PB'::text, 'CB'::text, 'CMB'::text, 'CMK'::text, 'asimilasi'::text, 'pidana_pengawasan'::text, 'kerja_sosial'::text]))
supervision supervision_sk_issuer_check CHECK (length(sk_issuer) <= 120)
supervision supervision_sk_number_check CHECK (btrim(sk_number) <> ''::text)
supervision supervision_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
unit unit_address_check CHECK (length(address) <= 300)
unit unit_device_networks_check CHECK (cardinality(device_networks) >= 1 AND cardinality(device_networks) <= 16)
unit unit_kind_check CHECK (kind = ANY (ARRAY['ditjenpas'::text, 'kanwil'::text, 'bapas'::text, 'pos'::text]))
unit unit_name_check CHECK (btrim(name) <> ''::text)
unit unit_name_length CHECK (length(name) <= 120) NOT VALID
unit unit_parent_fkey FOREIGN KEY (parent) REFERENCES unit(path)
unit unit_path_check CHECK (nlevel(path) >= 1 AND nlevel(path) <= 8)
unit unit_phone_check CHECK (phone ~ '^[0-9+() -]{3,30}$'::text)
unit unit_pkey PRIMARY KEY (path)
unit unit_time_zone_check CHECK (time_zone = ANY (ARRAY['Asia/Jakarta'::text, 'Asia/Makassar'::text, 'Asia/Jayapura'::text]))
wearer wearer_address_check CHECK (length(address) <= 300)
wearer wearer_asisten_officer_id_fkey FOREIGN KEY (asisten_officer_id) REFERENCES officer(id)
wearer wearer_domicile_check CHECK (length(domicile) <= 300)
wearer wearer_guarantor_name_check CHECK (length(guarantor_name) <= 120)
wearer wearer_guarantor_phone_check CHECK (guarantor_phone ~ '^[0-9+() -]{3,30}$'::text)
wearer wearer_health_check CHECK (length(health) <= 500)
wearer wearer_name_check CHECK (btrim(name) <> ''::text)
wearer wearer_name_length CHECK (length(name) <= 120) NOT VALID
wearer wearer_needs_check CHECK (needs <@ ARRAY['hamil'::text, 'sakit'::text, 'disabilitas'::text, 'lansia'::text])
wearer wearer_nik_check CHECK (nik ~ '^[0-9]{16}$'::text)
wearer wearer_nik_key UNIQUE (nik)
wearer wearer_phone_check CHECK (phone ~ '^[0-9+() -]{3,30}$'::text)
wearer wearer_pk_officer_id_fkey FOREIGN KEY (pk_officer_id) REFERENCES officer(id)
wearer wearer_pkey PRIMARY KEY (id)
wearer wearer_polsek_name_check CHECK (length(polsek_name) <= 120)
wearer wearer_polsek_phone_check CHECK (polsek_phone ~ '^[0-9+() -]{3,30}$'::text)
wearer wearer_report_interval_ms_check CHECK (report_interval_ms > 0)
wearer wearer_risk_check CHECK (risk = ANY (ARRAY['rendah'::text, 'sedang'::text, 'tinggi'::text]))
wearer wearer_sdp_number_check CHECK (length(sdp_number) <= 64)
wearer wearer_silence_grace_ms_check CHECK (silence_grace_ms >= 0)
wearer wearer_unit_path_fkey FOREIGN KEY (unit_path) REFERENCES unit(path)
wearer wearer_uuid_key UNIQUE (uuid)
wearer_version wearer_version_author_id_fkey FOREIGN KEY (author_id) REFERENCES officer(id)
wearer_version wearer_version_pkey PRIMARY KEY (wearer_id, version)
wearer_version wearer_version_reason_check CHECK (length(reason) <= 500)
wearer_version wearer_version_wearer_id_fkey FOREIGN KEY (wearer_id) REFERENCES wearer(id)
zone zone_author_id_fkey FOREIGN KEY (author_id) REFERENCES officer(id)
zone zone_id_check CHECK (length(id) >= 1 AND length(id) <= 64)
zone zone_pkey PRIMARY KEY (id)
zone zone_shape_check CHECK ((shape ->> 'type'::text) = ANY (ARRAY['Circle'::text, 'Polygon'::text, 'MultiPolygon'::text, 'Corridor'::text]))
zone zone_unit_path_fkey FOREIGN KEY (unit_path) REFERENCES unit(path)

-- indexes
CREATE INDEX "account_userId_idx" ON auth.account USING btree ("userId")
CREATE INDEX "session_userId_idx" ON auth.session USING btree ("userId")
CREATE INDEX access_grant_officer_id_wearer_id_idx ON public.access_grant USING btree (officer_id, wearer_id)
CREATE INDEX assignment_one_wearer_at_a_time ON public.assignment USING gist (bracelet_id, during)
CREATE INDEX assignment_wearer_id_idx ON public.assignment USING btree (wearer_id)
CREATE INDEX audit_officer_id_at_idx ON public.audit USING btree (officer_id, at)
CREATE INDEX audit_wearer_id_id_idx ON public.audit USING btree (wearer_id, id)
CREATE INDEX bracelet_unit_path_idx ON public.bracelet USING gist (unit_path)
CREATE INDEX condition_id_lower_idx ON public.condition USING btree (id, lower(during))
CREATE INDEX condition_one_version_at_a_time ON public.condition USING gist (id, during) WHERE (cancelled_at IS NULL)
CREATE INDEX condition_upper_idx ON public.condition USING btree (upper(during))
CREATE INDEX condition_wearer_id_idx ON public.condition USING btree (wearer_id)
CREATE INDEX condition_zone_id_idx ON public.condition USING btree (zone_id)
CREATE INDEX custody_entry_bracelet_id_id_idx ON public.custody_entry USING btree (bracelet_id, id)
CREATE INDEX incident_matter ON public.incident USING btree (matter_id, revision DESC)
CREATE INDEX incident_newest ON public.incident USING btree (start_at DESC, id DESC)
CREATE INDEX incident_open ON public.incident USING btree (start_at DESC, id DESC) WHERE ((NOT withdrawn) AND (resolved_at IS NULL) AND ((end_at IS NULL) OR (severity <> 'informasi'::text)))
CREATE INDEX incident_wearer_id_start_at_idx ON public.incident USING btree (wearer_id, start_at DESC)
CREATE INDEX invitation_officer_id_id_idx ON public.invitation USING btree (officer_id, id)
CREATE INDEX officer_act_incident_id_act_id_idx ON public.officer_act USING btree (incident_id, act_id)
CREATE INDEX officer_act_matter ON public.officer_act USING btree (COALESCE(matter_id, incident_id), act_id)
CREATE INDEX officer_unit_path_idx ON public.officer USING gist (unit_path)
CREATE INDEX permit_upper_idx ON public.permit USING btree (upper(during))
CREATE INDEX permit_wearer_id_idx ON public.permit USING btree (wearer_id)
CREATE INDEX permit_zone_id_idx ON public.permit USING btree (zone_id)
CREATE INDEX proposal_made_at_id_idx ON public.proposal USING btree (made_at, id) WHERE (state = 'pending'::text)
CREATE INDEX proposal_wearer_id_idx ON public.proposal USING btree (wearer_id)
CREATE INDEX quarantine_device ON public.quarantine USING btree (device_id, received_at DESC)
CREATE INDEX reading_alarm_officer_id_at_idx ON public.reading_alarm USING btree (officer_id, at)
CREATE INDEX recipient_unit_path_idx ON public.recipient USING btree (unit_path)
CREATE INDEX sign_in_try_since_idx ON auth.sign_in_try USING btree (since)
CREATE INDEX supervision_one_at_a_time ON public.supervision USING gist (wearer_id, during)
CREATE INDEX unit_path_gist ON public.unit USING gist (path)
CREATE INDEX verification_identifier_idx ON auth.verification USING btree (identifier)
CREATE INDEX wearer_asisten_officer_id_idx ON public.wearer USING btree (asisten_officer_id)
CREATE INDEX wearer_name_id_idx ON public.wearer USING btree (name, id)
CREATE INDEX wearer_pk_officer_id_idx ON public.wearer USING btree (pk_officer_id)
CREATE INDEX wearer_unit_path_idx ON public.wearer USING gist (unit_path)
CREATE INDEX zone_lineage_idx ON public.zone USING btree (lineage)
CREATE INDEX zone_unit_path_idx ON public.zone USING gist (unit_path)
CREATE UNIQUE INDEX access_grant_pkey ON public.access_grant USING btree (id)
CREATE UNIQUE INDEX account_pkey ON auth.account USING btree (id)
CREATE UNIQUE INDEX act_to_tell_pkey ON public.act_to_tell USING btree (act_id)
CREATE UNIQUE INDEX alarm_word_pkey ON public.alarm_word USING btree (id)
CREATE UNIQUE INDEX alarm_word_seen_pkey ON public.alarm_word_seen USING btree (bracelet_id, protocol, word)
CREATE UNIQUE INDEX alarm_word_unit_path_model_key_protocol_word_key ON public.alarm_word USING btree (unit_path, model_key, protocol, word)
CREATE UNIQUE INDEX approval_rule_pkey ON public.approval_rule USING btree (kind, role, does)
CREATE UNIQUE INDEX assignment_pkey ON public.assignment USING btree (id)
CREATE UNIQUE INDEX audit_head_pkey ON public.audit_head USING btree (one)
CREATE UNIQUE INDEX audit_pkey ON public.audit USING btree (id)
CREATE UNIQUE INDEX bracelet_device_id_key ON public.bracelet USING btree (device_id)
CREATE UNIQUE INDEX bracelet_pkey ON public.bracelet USING btree (id)
CREATE UNIQUE INDEX condition_pkey ON public.condition USING btree (version_id)
CREATE UNIQUE INDEX custody_entry_pkey ON public.custody_entry USING btree (id)
CREATE UNIQUE INDEX fitting_assignment_id_act_key ON public.fitting USING btree (assignment_id, act)
CREATE UNIQUE INDEX fitting_pkey ON public.fitting USING btree (id)
CREATE UNIQUE INDEX fix_once ON public.fix USING btree (wearer_id, "time", content_key)
CREATE UNIQUE INDEX gateway_pkey ON public.gateway USING btree (id)
CREATE UNIQUE INDEX idempotency_pkey ON public.idempotency USING btree (officer_id, key)
CREATE UNIQUE INDEX incident_pkey ON public.incident USING btree (id)
CREATE UNIQUE INDEX incident_revision_pkey ON public.incident_revision USING btree (incident_id, revision)
CREATE UNIQUE INDEX invitation_pkey ON public.invitation USING btree (id)
CREATE UNIQUE INDEX invitation_token_sha256_key ON public.invitation USING btree (token_sha256)
CREATE UNIQUE INDEX officer_act_pkey ON public.officer_act USING btree (act_id)
CREATE UNIQUE INDEX officer_auth_user_id_key ON public.officer USING btree (auth_user_id)
CREATE UNIQUE INDEX officer_nip_key ON public.officer USING btree (nip)
CREATE UNIQUE INDEX officer_pkey ON public.officer USING btree (id)
CREATE UNIQUE INDEX permit_pkey ON public.permit USING btree (id)
CREATE UNIQUE INDEX proposal_pkey ON public.proposal USING btree (id)
CREATE UNIQUE INDEX quarantine_received_at_source_id_key ON public.quarantine USING btree (received_at, source_id)
CREATE UNIQUE INDEX reading_alarm_pkey ON public.reading_alarm USING btree (id)
CREATE UNIQUE INDEX reading_limit_pkey ON public.reading_limit USING btree (role, what, per)
CREATE UNIQUE INDEX reason_review_pkey ON public.reason_review USING btree (audit_id)
CREATE UNIQUE INDEX recipient_pkey ON public.recipient USING btree (id)
CREATE UNIQUE INDEX record_position_pkey ON public.record_position USING btree (shard)
CREATE UNIQUE INDEX retention_pkey ON public.retention USING btree (kept)
CREATE UNIQUE INDEX rules_version_pkey ON public.rules_version USING btree (one)
CREATE UNIQUE INDEX schema_migration_pkey ON public.schema_migration USING btree (name)
CREATE UNIQUE INDEX session_pkey ON auth.session USING btree (id)
CREATE UNIQUE INDEX session_token_key ON auth.session USING btree (token)
CREATE UNIQUE INDEX sign_in_try_pkey ON auth.sign_in_try USING btree (key)
CREATE UNIQUE INDEX supervision_pkey ON public.supervision USING btree (id)
CREATE UNIQUE INDEX unit_pkey ON public.unit USING btree (path)
CREATE UNIQUE INDEX user_email_key ON auth."user" USING btree (email)
CREATE UNIQUE INDEX user_pkey ON auth."user" USING btree (id)
CREATE UNIQUE INDEX user_username_key ON auth."user" USING btree (username)
CREATE UNIQUE INDEX verification_pkey ON auth.verification USING btree (id)
CREATE UNIQUE INDEX wearer_nik_key ON public.wearer USING btree (nik)
CREATE UNIQUE INDEX wearer_pkey ON public.wearer USING btree (id)
CREATE UNIQUE INDEX wearer_uuid_key ON public.wearer USING btree (uuid)
CREATE UNIQUE INDEX wearer_version_pkey ON public.wearer_version USING btree (wearer_id, version)
CREATE UNIQUE INDEX zone_pkey ON public.zone USING btree (id)

-- triggers
CREATE CONSTRAINT TRIGGER note_head AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_audit_head()
CREATE CONSTRAINT TRIGGER recipients_per_unit AFTER INSERT OR UPDATE ON recipient NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION recipients_per_unit()
CREATE TRIGGER a_audit_delete AFTER DELETE ON access_grant REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON alarm_word REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON approval_rule REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('kind', '', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON assignment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON auth."user" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,email,image', '', 'updatedAt')
CREATE TRIGGER a_audit_delete AFTER DELETE ON auth.account REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'password,accessToken,refreshToken,idToken', '', 'updatedAt')
CREATE TRIGGER a_audit_delete AFTER DELETE ON bracelet REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'secret_sha256', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON condition REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('version_id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON fitting REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'klien_signed,officer_signed', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON gateway REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'secret_sha256', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON invitation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'token_sha256', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON officer REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,nip,phone,email', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON permit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON proposal REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', 'body', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON reading_limit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('role', '', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON recipient REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,sealed_ways', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON retention REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('kept', '', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON supervision REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON unit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('path', '', '', '', 'rules_version')
CREATE TRIGGER a_audit_delete AFTER DELETE ON wearer REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('uuid', 'id', 'name,nik,nik_masked,birth_date,phone,address,domicile,guarantor_name,guarantor_phone,sdp_number,polsek_name,polsek_phone,risk,health,needs', '', '')
CREATE TRIGGER a_audit_delete AFTER DELETE ON zone REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name', 'shape', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON access_grant FOR EACH ROW EXECUTE FUNCTION audit_grant()
CREATE TRIGGER a_audit_insert AFTER INSERT ON alarm_word REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON approval_rule REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('kind', '', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON assignment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON auth."user" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,email,image', '', 'updatedAt')
CREATE TRIGGER a_audit_insert AFTER INSERT ON auth.account REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'password,accessToken,refreshToken,idToken', '', 'updatedAt')
CREATE TRIGGER a_audit_insert AFTER INSERT ON bracelet REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'secret_sha256', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON condition REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('version_id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON fitting REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'klien_signed,officer_signed', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON gateway REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'secret_sha256', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON invitation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'token_sha256', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON officer REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,nip,phone,email', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON permit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON proposal REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', 'body', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON reading_limit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('role', '', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON recipient REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,sealed_ways', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON retention REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('kept', '', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON supervision REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON unit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('path', '', '', '', 'rules_version')
CREATE TRIGGER a_audit_insert AFTER INSERT ON wearer REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('uuid', 'id', 'name,nik,nik_masked,birth_date,phone,address,domicile,guarantor_name,guarantor_phone,sdp_number,polsek_name,polsek_phone,risk,health,needs', '', '')
CREATE TRIGGER a_audit_insert AFTER INSERT ON zone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name', 'shape', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON access_grant REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON alarm_word REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON approval_rule REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('kind', '', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON assignment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON auth."user" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,email,image', '', 'updatedAt')
CREATE TRIGGER a_audit_update AFTER UPDATE ON auth.account REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'password,accessToken,refreshToken,idToken', '', 'updatedAt')
CREATE TRIGGER a_audit_update AFTER UPDATE ON bracelet REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'secret_sha256', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON condition REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('version_id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON fitting REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'klien_signed,officer_signed', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON gateway REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'secret_sha256', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON invitation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'token_sha256', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON officer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,nip,phone,email', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON permit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON proposal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', 'body', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON reading_limit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('role', '', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON recipient REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name,sealed_ways', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON retention REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('kept', '', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON supervision REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', 'wearer_id', '', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON unit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('path', '', '', '', 'rules_version')
CREATE TRIGGER a_audit_update AFTER UPDATE ON wearer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('uuid', 'id', 'name,nik,nik_masked,birth_date,phone,address,domicile,guarantor_name,guarantor_phone,sdp_number,polsek_name,polsek_phone,risk,health,needs', '', '')
CREATE TRIGGER a_audit_update AFTER UPDATE ON zone REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_change('id', '', 'name', 'shape', '')
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON access_grant FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON alarm_word FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON approval_rule FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON assignment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON auth."user" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON auth.account FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON bracelet FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON condition FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON fitting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON gateway FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON invitation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON officer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON permit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON proposal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON reading_limit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON recipient FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON retention FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON supervision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON unit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON wearer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON zone FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER act_now BEFORE INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION act_now()
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change() (A)
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON custody_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON fitting FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON incident_revision FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON officer_act FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON reading_alarm FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON reason_review FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only BEFORE DELETE OR UPDATE ON wearer_version FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change() (A)
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON custody_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON fitting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON officer_act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON reading_alarm FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON reason_review FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON wearer_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_statement BEFORE DELETE OR UPDATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change() (A)
CREATE TRIGGER add_only_statement BEFORE DELETE OR UPDATE ON incident_revision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER add_only_statement BEFORE DELETE OR UPDATE ON officer_act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE ON alarm_word FOR EACH STATEMENT EXECUTE FUNCTION announce_directory()
CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE ON assignment FOR EACH STATEMENT EXECUTE FUNCTION announce_directory()
CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE ON bracelet FOR EACH STATEMENT EXECUTE FUNCTION announce_directory()
CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE ON gateway FOR EACH STATEMENT EXECUTE FUNCTION announce_directory()
CREATE TRIGGER announce_change AFTER INSERT OR DELETE OR UPDATE ON recipient FOR EACH STATEMENT EXECUTE FUNCTION announce_directory()
CREATE TRIGGER announce_delete AFTER DELETE ON condition REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_delete AFTER DELETE ON permit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_delete AFTER DELETE ON supervision REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_insert AFTER INSERT ON condition REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_insert AFTER INSERT ON permit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_insert AFTER INSERT ON supervision REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_insert AFTER INSERT ON zone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_zones()
CREATE TRIGGER announce_interval AFTER UPDATE OF report_interval_ms, silence_grace_ms ON wearer FOR EACH ROW WHEN (old.report_interval_ms IS DISTINCT FROM new.report_interval_ms OR old.silence_grace_ms IS DISTINCT FROM new.silence_grace_ms) EXECUTE FUNCTION announce_interval()
CREATE TRIGGER announce_networks AFTER UPDATE OF device_networks ON unit FOR EACH STATEMENT EXECUTE FUNCTION announce_directory()
CREATE TRIGGER announce_update AFTER UPDATE ON condition REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_update AFTER UPDATE ON permit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_update AFTER UPDATE ON supervision REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()
CREATE TRIGGER announce_update AFTER UPDATE ON zone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_zones()
CREATE TRIGGER assign_now BEFORE INSERT OR UPDATE ON assignment FOR EACH ROW EXECUTE FUNCTION assign_now()
CREATE TRIGGER audit_act AFTER INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION audit_act()
CREATE TRIGGER begin_invitation BEFORE INSERT ON invitation FOR EACH ROW EXECUTE FUNCTION begin_invitation()
CREATE TRIGGER check_act BEFORE INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION check_act()
CREATE TRIGGER check_bracelet BEFORE UPDATE ON bracelet FOR EACH ROW EXECUTE FUNCTION check_bracelet()
CREATE TRIGGER check_edit BEFORE UPDATE ON wearer FOR EACH ROW EXECUTE FUNCTION check_edit()
CREATE TRIGGER check_gateway BEFORE UPDATE ON gateway FOR EACH ROW EXECUTE FUNCTION check_gateway()
CREATE TRIGGER check_supervision BEFORE INSERT OR UPDATE ON supervision FOR EACH ROW EXECUTE FUNCTION check_supervision()
CREATE TRIGGER decide BEFORE INSERT OR DELETE OR UPDATE ON condition FOR EACH ROW EXECUTE FUNCTION decide_condition()
CREATE TRIGGER decide BEFORE INSERT OR DELETE OR UPDATE ON permit FOR EACH ROW EXECUTE FUNCTION decide_permit()
CREATE TRIGGER decide BEFORE INSERT OR UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION decide_proposal()
CREATE TRIGGER decide BEFORE INSERT OR UPDATE ON supervision FOR EACH ROW EXECUTE FUNCTION decide_supervision()
CREATE TRIGGER decide BEFORE INSERT OR UPDATE ON zone FOR EACH ROW EXECUTE FUNCTION decide_zone()
CREATE TRIGGER end_sessions AFTER UPDATE OF role, unit_path, active, auth_user_id ON officer FOR EACH ROW WHEN (old.role IS DISTINCT FROM new.role OR old.unit_path IS DISTINCT FROM new.unit_path OR old.active IS DISTINCT FROM new.active OR old.auth_user_id IS DISTINCT FROM new.auth_user_id) EXECUTE FUNCTION end_sessions_of_officer()
CREATE TRIGGER end_sessions_of_gone AFTER DELETE ON officer FOR EACH ROW EXECUTE FUNCTION end_sessions_of_officer()
CREATE TRIGGER follow_insert AFTER INSERT ON assignment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION follow_assignment()
CREATE TRIGGER follow_update AFTER UPDATE ON assignment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION follow_assignment()
CREATE TRIGGER interval_now BEFORE UPDATE ON wearer FOR EACH ROW EXECUTE FUNCTION interval_now()
CREATE TRIGGER keep_shape BEFORE DELETE OR UPDATE ON zone FOR EACH ROW EXECUTE FUNCTION keep_zone_shape()
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE ON supervision FOR EACH ROW EXECUTE FUNCTION keep_supervision_version()
CREATE TRIGGER keep_version AFTER UPDATE ON wearer FOR EACH ROW EXECUTE FUNCTION keep_wearer_version()
CREATE TRIGGER map_alarm_word BEFORE INSERT OR UPDATE ON alarm_word FOR EACH ROW EXECUTE FUNCTION map_alarm_word()
CREATE TRIGGER note_act_to_tell AFTER INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION note_act_to_tell()
CREATE TRIGGER note_custody AFTER INSERT OR UPDATE ON bracelet FOR EACH ROW EXECUTE FUNCTION note_custody()
CREATE TRIGGER note_fitting BEFORE INSERT ON fitting FOR EACH ROW EXECUTE FUNCTION note_fitting()
CREATE TRIGGER revoke_now BEFORE UPDATE ON bracelet FOR EACH ROW EXECUTE FUNCTION revoke_now()
CREATE TRIGGER revoke_now BEFORE UPDATE ON gateway FOR EACH ROW EXECUTE FUNCTION revoke_now()
CREATE TRIGGER set_bracelet_clock BEFORE UPDATE OF clock_correction_ms, clock_reason ON bracelet FOR EACH ROW EXECUTE FUNCTION set_bracelet_clock()
CREATE TRIGGER tell_change AFTER UPDATE OF "expiresAt" ON auth.session FOR EACH ROW WHEN (old."expiresAt" IS DISTINCT FROM new."expiresAt") EXECUTE FUNCTION auth.tell_session_end()
CREATE TRIGGER tell_end AFTER DELETE ON auth.session FOR EACH ROW EXECUTE FUNCTION auth.tell_session_end()
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON fix FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker()
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON quarantine FOR EACH ROW EXECUTE FUNCTION _timescaledb_functions.insert_blocker()

-- policies
access_grant own_or_auditor for r to gelang_api
  using officer_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND (( SELECT acting_role() AS acting_role)) IS NOT NULL OR (( SELECT acting_role() AS acting_role)) = 'auditor'::text AND (EXISTS ( SELECT
   FROM officer o
  WHERE o.id = access_grant.officer_id))
access_grant owner for * to the owner
  using true
alarm_word all_rows for r to gelang_record
  using true
alarm_word holds_in_unit for r to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND (unit_path <@ (( SELECT acting_unit() AS acting_unit)) OR unit_path @> (( SELECT acting_unit() AS acting_unit)))
alarm_word map for a to gelang_api
  check (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
alarm_word map_anew for w to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
alarm_word owner for * to the owner
  using true
alarm_word_seen all_rows for * to gelang_record
  using true
alarm_word_seen of_bracelet_in_unit for r to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND (EXISTS ( SELECT
   FROM bracelet b
  WHERE b.id = alarm_word_seen.bracelet_id AND b.unit_path <@ (( SELECT acting_unit() AS acting_unit))))
alarm_word_seen owner for * to the owner
  using true
approval_rule all_rows for r to gelang_api
  using true
approval_rule owner for * to the owner
  using true
assignment all_rows for r to gelang_record
  using true
assignment fit for a to gelang_api
  check keeps_wearer(wearer_id) AND may_be_fitted(bracelet_id)
assignment of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = assignment.wearer_id))
assignment owner for * to the owner
  using true
assignment take_off for w to gelang_api
  using keeps_wearer(wearer_id)
audit auditor for r to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'auditor'::text AND (unit_path <@ (( SELECT acting_unit() AS acting_unit)) OR unit_path IS NULL AND (( SELECT nlevel(acting_unit()) AS nlevel)) = 1)
audit owner_adds for a to the owner
  check true
audit owner_reads for r to the owner
  using true
audit signer for r to gelang_record
  using true
audit verifier for r to gelang_audit
  using true
audit_head owner for * to the owner
  using true
audit_head signer for r to gelang_record
  using true
audit_head verifier for r to gelang_audit
  using true
bracelet all_rows for r to gelang_record
  using true
bracelet at_or_below for r to gelang_api
  using unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND (( SELECT acting_role() AS acting_role)) IS DISTINCT FROM 'auditor'::text
bracelet keep for w to gelang_api
  using ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'operator'::text, 'admin_ti'::text])) AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
bracelet owner for * to the owner
  using true
bracelet register for a to gelang_api
  check ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'admin_ti'::text])) AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
bracelet worn_by_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM assignment a
  WHERE a.bracelet_id = bracelet.id))
condition all_rows for r to gelang_record
  using true
condition approve for a to gelang_api
  check (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = condition.wearer_id)) AND sees_zone(zone_id) AND approver_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND ((( SELECT acting_role() AS acting_role)) = 'kepala_bapas'::text OR (( SELECT acting_role() AS acting_role)) = 'kasubsi'::text AND kind <> 'avoided'::text)
condition approve_end for w to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = condition.wearer_id)) AND ((( SELECT acting_role() AS acting_role)) = 'kepala_bapas'::text OR (( SELECT acting_role() AS acting_role)) = 'kasubsi'::text AND kind <> 'avoided'::text)
  check end_approver_id = (( SELECT acting_officer_id() AS acting_officer_id))
condition of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = condition.wearer_id))
condition owner for * to the owner
  using true
custody_entry of_bracelet_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM bracelet b
  WHERE b.id = custody_entry.bracelet_id))
custody_entry owner for * to the owner
  using true
fitting of_assignment_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM assignment a
  WHERE a.id = fitting.assignment_id))
fitting owner for * to the owner
  using true
fitting write_down for a to gelang_api
  check (EXISTS ( SELECT
   FROM assignment a
  WHERE a.id = fitting.assignment_id AND keeps_wearer(a.wearer_id)))
gateway add for a to gelang_api
  check unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text
gateway all_rows for r to gelang_record
  using true
gateway at_or_below for r to gelang_api
  using unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text
gateway keep for w to gelang_api
  using unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text
gateway owner for * to the owner
  using true
idempotency own for * to gelang_api
  using officer_id = (( SELECT acting_officer_id() AS acting_officer_id))
  check officer_id = (( SELECT acting_officer_id() AS acting_officer_id))
idempotency owner for * to the owner
  using true
incident all_rows for * to gelang_record
  using true
incident of_unit_in_sight for r to gelang_api
  using (unit_path IN ( SELECT units_in_sight.path
   FROM units_in_sight() units_in_sight(path, name)))
incident of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = incident.wearer_id))
incident owner for * to the owner
  using true
incident_revision all_rows for * to gelang_record
  using true
incident_revision of_unit_in_sight for r to gelang_api
  using (unit_path IN ( SELECT units_in_sight.path
   FROM units_in_sight() units_in_sight(path, name)))
incident_revision of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = incident_revision.wearer_id))
incident_revision owner_adds for a to the owner
  check true
incident_revision owner_reads for r to the owner
  using true
invitation invite for a to gelang_api
  check (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND officer_id <> (( SELECT acting_officer_id() AS acting_officer_id)) AND (EXISTS ( SELECT
   FROM officer o
  WHERE o.id = invitation.officer_id AND o.active))
invitation of_officer_in_sight for r to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND (EXISTS ( SELECT
   FROM officer o
  WHERE o.id = invitation.officer_id))
invitation owner for * to the owner
  using true
officer add for a to gelang_api
  check (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
officer at_or_below for r to gelang_api
  using unit_path <@ (( SELECT acting_unit() AS acting_unit))
officer change for w to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND id <> (( SELECT acting_officer_id() AS acting_officer_id))
officer owner for * to the owner
  using true
officer_act act for a to gelang_api
  check officer_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = officer_act.wearer_id)) AND ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text, 'kasubsi'::text, 'kepala_bapas'::text, 'operator'::text]))
officer_act act_on_unit for a to gelang_api
  check officer_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND (unit_path IN ( SELECT units_in_sight.path
   FROM units_in_sight() units_in_sight(path, name))) AND ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text, 'kasubsi'::text, 'kepala_bapas'::text, 'operator'::text]))
officer_act all_rows for r to gelang_record
  using true
officer_act of_unit_in_sight for r to gelang_api
  using (unit_path IN ( SELECT units_in_sight.path
   FROM units_in_sight() units_in_sight(path, name)))
officer_act of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = officer_act.wearer_id))
officer_act owner_adds for a to the owner
  check true
officer_act owner_reads for r to the owner
  using true
permit all_rows for r to gelang_record
  using true
permit approve for a to gelang_api
  check (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = permit.wearer_id)) AND (zone_id IS NULL OR sees_zone(zone_id)) AND approver_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND (( SELECT acting_role() AS acting_role)) = 'kepala_bapas'::text
permit approve_end for w to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = permit.wearer_id)) AND (( SELECT acting_role() AS acting_role)) = 'kepala_bapas'::text
  check end_approver_id = (( SELECT acting_officer_id() AS acting_officer_id))
permit of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = permit.wearer_id))
permit owner for * to the owner
  using true
proposal decide for w to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = proposal.wearer_id))
  check decider_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND
CASE state
    WHEN 'withdrawn'::text THEN author_id = (( SELECT acting_officer_id() AS acting_officer_id))
    ELSE author_id <> (( SELECT acting_officer_id() AS acting_officer_id)) AND acting_may(kind, 'approves'::text) AND keeps_wearer(wearer_id)
END
proposal of_wearer_in_sight for r to gelang_api
  using ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text, 'kasubsi'::text, 'kepala_bapas'::text, 'operator'::text])) AND (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = proposal.wearer_id))
proposal owner for * to the owner
  using true
proposal propose for a to gelang_api
  check author_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND acting_may(kind, 'proposes'::text) AND keeps_wearer(wearer_id)
quarantine all_rows for * to gelang_record
  using true
quarantine devices_in_sight for r to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND ((EXISTS ( SELECT
   FROM bracelet b
  WHERE b.device_id = quarantine.device_id)) OR (( SELECT nlevel(acting_unit()) AS nlevel)) = 1)
quarantine owner for * to the owner
  using true
reading_alarm owner for * to the owner
  using true
reading_alarm watch for r to gelang_api
  using ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['auditor'::text, 'admin_ti'::text])) AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
reading_limit owner for * to the owner
  using true
reading_limit watch for r to gelang_api
  using (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['auditor'::text, 'admin_ti'::text])
reason_review auditor for r to gelang_api
  using (EXISTS ( SELECT
   FROM audit a
  WHERE a.id = reason_review.audit_id))
reason_review owner for * to the owner
  using true
recipient add for a to gelang_api
  check ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['admin_ti'::text, 'kepala_bapas'::text])) AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
recipient all_rows for r to gelang_record
  using true
recipient change for w to gelang_api
  using ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['admin_ti'::text, 'kepala_bapas'::text])) AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
recipient of_unit for r to gelang_api
  using ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['admin_ti'::text, 'kepala_bapas'::text])) AND unit_path <@ (( SELECT acting_unit() AS acting_unit))
recipient owner for * to the owner
  using true
record_position all_rows for * to gelang_record
  using true
record_position owner for * to the owner
  using true
retention owner for * to the owner
  using true
rules_version all_rows for r to gelang_api, gelang_record
  using true
rules_version owner for * to the owner
  using true
supervision all_rows for r to gelang_record
  using true
supervision correct for w to gelang_api
  using keeps_wearer(wearer_id)
supervision end_early for w to gelang_api
  using keeps_wearer(wearer_id) AND ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'kepala_bapas'::text]))
  check ended_by = (( SELECT acting_officer_id() AS acting_officer_id)) AND end_kind IS NOT NULL AND reason_has_content(end_reason)
supervision of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = supervision.wearer_id))
supervision owner for * to the owner
  using true
supervision take_in for a to gelang_api
  check keeps_wearer(wearer_id)
unit add_below for a to gelang_api
  check (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND path <@ (( SELECT acting_unit() AS acting_unit)) AND unit_fits(path, kind)
unit all_rows for r to gelang_record
  using true
unit at_or_below for r to gelang_api
  using path <@ (( SELECT acting_unit() AS acting_unit))
unit change for w to gelang_api
  using (( SELECT acting_role() AS acting_role)) = 'admin_ti'::text AND path <@ (( SELECT acting_unit() AS acting_unit))
unit owner for * to the owner
  using true
wearer all_rows for r to gelang_record
  using true
wearer edit for w to gelang_api
  using keeps_wearer(id)
  check unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND (pk_officer_id IS NULL OR guides_in(pk_officer_id, 'pk'::text, unit_path)) AND (asisten_officer_id IS NULL OR guides_in(asisten_officer_id, 'asisten_pk'::text, unit_path))
wearer in_sight for r to gelang_api
  using unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND
CASE
    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'kepala_bapas'::text, 'operator'::text]) THEN true
    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text]) THEN (( SELECT acting_officer_id() AS acting_officer_id)) = pk_officer_id OR (( SELECT acting_officer_id() AS acting_officer_id)) = asisten_officer_id OR (id IN ( SELECT granted_wearer_ids() AS granted_wearer_ids))
    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kanwil'::text, 'ditjenpas'::text]) THEN (id IN ( SELECT granted_wearer_ids() AS granted_wearer_ids))
    ELSE false
END
wearer owner for * to the owner
  using true
wearer take_in for a to gelang_api
  check unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND guides_in(pk_officer_id, 'pk'::text, unit_path) AND (asisten_officer_id IS NULL OR guides_in(asisten_officer_id, 'asisten_pk'::text, unit_path)) AND (((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'kepala_bapas'::text])) OR ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text])) AND ((( SELECT acting_officer_id() AS acting_officer_id)) = pk_officer_id OR (( SELECT acting_officer_id() AS acting_officer_id)) = asisten_officer_id))
wearer_version of_wearer_in_sight for r to gelang_api
  using (EXISTS ( SELECT
   FROM wearer w
  WHERE w.id = wearer_version.wearer_id))
wearer_version owner for * to the owner
  using true
zone all_rows for r to gelang_record
  using true
zone at_or_below for r to gelang_api
  using unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND
CASE
    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'kepala_bapas'::text, 'operator'::text]) THEN true
    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text]) THEN shared OR author_id = (( SELECT acting_officer_id() AS acting_officer_id))
    WHEN (( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kanwil'::text, 'ditjenpas'::text]) THEN shared
    ELSE false
END
zone draw for a to gelang_api
  check unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND author_id = (( SELECT acting_officer_id() AS acting_officer_id)) AND ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['pk'::text, 'asisten_pk'::text, 'kasubsi'::text, 'kepala_bapas'::text]))
zone of_wearer_in_sight for r to gelang_api
  using 
CASE
    WHEN shared OR ((( SELECT acting_role() AS acting_role)) <> ALL (ARRAY['kanwil'::text, 'ditjenpas'::text])) THEN (EXISTS ( SELECT
       FROM condition c
      WHERE c.zone_id = zone.id)) OR (EXISTS ( SELECT
       FROM permit p
      WHERE p.zone_id = zone.id))
    ELSE (id IN ( SELECT c.zone_id
       FROM granted_wearer_ids() g(n)
         JOIN condition c ON c.wearer_id = g.n)) OR (id IN ( SELECT p.zone_id
       FROM granted_wearer_ids() g(n)
         JOIN permit p ON p.wearer_id = g.n))
END
zone owner for * to the owner
  using true
zone retire for w to gelang_api
  using unit_path <@ (( SELECT acting_unit() AS acting_unit)) AND ((( SELECT acting_role() AS acting_role)) = ANY (ARRAY['kasubsi'::text, 'kepala_bapas'::text]))

-- functions
CREATE OR REPLACE FUNCTION auth.begin_sign_in(keys text[], failed_max integer[], window_s double precision)
 RETURNS double precision
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
DECLARE
  span interval := make_interval(secs => window_s);
  now_failed integer;
  now_since timestamptz;
BEGIN
  DELETE FROM sign_in_try WHERE key IN (
    SELECT t.key FROM sign_in_try t WHERE t.since < clock_timestamp() - span LIMIT 100 FOR UPDATE SKIP LOCKED);
  FOR i IN 1 .. cardinality(keys) LOOP
    INSERT INTO sign_in_try AS t (key, failed, since) VALUES (keys[i], 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET
      failed = CASE WHEN t.since < clock_timestamp() - span THEN 1 ELSE t.failed + 1 END,
      since = CASE WHEN t.since < clock_timestamp() - span THEN clock_timestamp() ELSE t.since END
    RETURNING failed, since INTO now_failed, now_since;
    IF now_failed > failed_max[i] THEN
      UPDATE sign_in_try SET failed = failed - 1 WHERE key = ANY (keys[1:i]);
      RETURN greatest(1, extract(epoch FROM now_since + span - clock_timestamp()));
    END IF;
  END LOOP;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION auth.sign_in_not_made(keys text[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
  UPDATE auth.sign_in_try SET failed = failed - 1 WHERE key = ANY (keys) AND failed > 0
$function$
CREATE OR REPLACE FUNCTION auth.sign_in_succeeded(keys text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
BEGIN
  DELETE FROM sign_in_try WHERE key = keys[1];
  UPDATE sign_in_try SET failed = failed - 1 WHERE key = ANY (keys[2:]) AND failed > 0;
END $function$
CREATE OR REPLACE FUNCTION auth.tell_session_end()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM pg_notify('gelang_sessions', OLD.id);
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.access_history(wearer uuid, before bigint, count_max integer, OUT id bigint, OUT at timestamp with time zone, OUT officer_name text, OUT officer_role text, OUT unit_name text, OUT action text, OUT reason text)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT a.id, a.at, o.name, o.role, u.name, a.action, a.reason
  FROM wearer w JOIN audit a ON a.wearer_id = w.id
    LEFT JOIN officer o ON o.id = a.officer_id LEFT JOIN unit u ON u.path = o.unit_path
  WHERE w.uuid = access_history.wearer AND w.unit_path <@ acting_unit() AND acting_role() IN ('auditor', 'kepala_bapas')
    AND (a.action LIKE '%.read' OR a.action IN ('access.grant', 'nik.reveal'))
    AND (access_history.before IS NULL OR a.id < access_history.before)
  ORDER BY a.id DESC LIMIT least(count_max, 500)
$function$
CREATE OR REPLACE FUNCTION public.act_now()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  NEW.at := date_trunc('milliseconds', clock_timestamp());
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.acting_may(proposal_kind text, deed text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM approval_rule r WHERE r.kind = proposal_kind AND r.does = deed AND r.role = acting_role())
$function$
CREATE OR REPLACE FUNCTION public.acting_officer_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('gelang.officer_id'::text, true), ''::text))::uuid
CREATE OR REPLACE FUNCTION public.acting_role()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ SELECT role FROM officer WHERE id = acting_officer_id() AND active $function$
CREATE OR REPLACE FUNCTION public.acting_unit()
 RETURNS ltree
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ SELECT unit_path FROM officer WHERE id = acting_officer_id() AND active $function$
CREATE OR REPLACE FUNCTION public.acts_on(matter_ids uuid[])
 RETURNS SETOF officer_act
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT a.* FROM officer_act a
  WHERE acting_officer_id() IS NULL AND coalesce(a.matter_id, a.incident_id) = ANY (matter_ids)
$function$
CREATE OR REPLACE FUNCTION public.acts_to_tell(waiting_ms double precision, rows_max integer)
 RETURNS SETOF officer_act
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT a.* FROM act_to_tell t JOIN officer_act a USING (act_id)
  WHERE acting_officer_id() IS NULL AND t.since <= clock_timestamp() - waiting_ms / 1000 * interval '1 second'
  ORDER BY t.act_id LIMIT rows_max
$function$
CREATE OR REPLACE FUNCTION public.acts_told(act_ids bigint[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  DELETE FROM act_to_tell WHERE acting_officer_id() IS NULL AND act_id = ANY (act_ids)
$function$
CREATE OR REPLACE FUNCTION public.add_wearer_version(wearer_number integer, why text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  INSERT INTO wearer_version (wearer_id, version, author_id, reason, body)
    SELECT w.id, last.version + 1, acting_officer_id(), why, written.body
    FROM wearer w
      CROSS JOIN LATERAL (SELECT coalesce(max(v.version), 0) AS version FROM wearer_version v WHERE v.wearer_id = w.id) last
      CROSS JOIN LATERAL (SELECT wearer_body(w) AS body) written
    WHERE w.id = wearer_number AND NOT EXISTS (
      SELECT FROM wearer_version v WHERE v.wearer_id = w.id AND v.version = last.version AND v.body = written.body)
$function$
CREATE OR REPLACE FUNCTION public.announce_directory()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM announce_rules(true, ARRAY[]::integer[]);
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.announce_interval()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM announce_rules(false, ARRAY[NEW.id]);
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.announce_plans()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  wearers integer[];
BEGIN
  IF TG_OP = 'DELETE' THEN
    wearers := ARRAY(SELECT DISTINCT wearer_id FROM old_rows);
  ELSE
    wearers := ARRAY(SELECT DISTINCT wearer_id FROM new_rows);
  END IF;
  IF cardinality(wearers) > 0 THEN
    PERFORM announce_rules(TG_TABLE_NAME = 'supervision', wearers);
  END IF;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.announce_rules(directory boolean, wearers integer[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  now_version bigint;
BEGIN
  -- Once a transaction: a seed of thousands of statements must not leave thousands of versions of one row.
  IF current_setting('gelang.rules_counted_by', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    UPDATE rules_version SET version = version + 1;
    PERFORM set_config('gelang.rules_counted_by', pg_current_xact_id()::text, true);
  END IF;
  SELECT version INTO now_version FROM rules_version;
  UPDATE unit SET rules_version = now_version
    WHERE path IN (SELECT w.unit_path FROM wearer w WHERE w.id = ANY (wearers)) AND rules_version <> now_version;
  PERFORM pg_notify('gelang_rules', jsonb_strip_nulls(jsonb_build_object('version', now_version, 'directory', directory,
    'wearers', CASE WHEN cardinality(wearers) <= 500 THEN to_jsonb(wearers) END))::text);
END $function$
CREATE OR REPLACE FUNCTION public.announce_zones()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  now_version bigint;
BEGIN
  PERFORM announce_rules(false, ARRAY[]::integer[]);
  SELECT version INTO now_version FROM rules_version;
  UPDATE unit SET rules_version = now_version
    WHERE path IN (
      SELECT z.unit_path FROM new_rows z
      UNION SELECT w.unit_path FROM new_rows z JOIN condition c ON c.zone_id = z.id JOIN wearer w ON w.id = c.wearer_id
      UNION SELECT w.unit_path FROM new_rows z JOIN permit p ON p.zone_id = z.id JOIN wearer w ON w.id = p.wearer_id)
    AND rules_version <> now_version;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.append_audit(action text, subject text, wearer_id integer, reason text, detail jsonb)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ SELECT write_audit(action, subject, wearer_id, NULL, reason, detail) $function$
CREATE OR REPLACE FUNCTION public.assign_now()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NOT upper_inf(OLD.during) THEN
      RAISE EXCEPTION 'the bracelet was taken off already' USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.during := tstzrange(lower(OLD.during), decision_time(), '[)');
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT FROM supervision s WHERE s.wearer_id = NEW.wearer_id AND upper(s.during) > now()) THEN
    RAISE EXCEPTION 'the supervision is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'supervision_over';
  END IF;
  NEW.during := tstzrange(decision_time(), NULL, '[)');
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.audit_act()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM write_audit('incident.' || NEW.action, 'incident:' || NEW.incident_id, NEW.wearer_id, NEW.unit_path, NULL,
    jsonb_strip_nulls(jsonb_build_object('actId', NEW.act_id, 'resolution', NEW.resolution)));
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  hidden text[] := string_to_array(TG_ARGV[2], ',');
  hashed text[] := string_to_array(TG_ARGV[3], ',');
  ignored text[] := string_to_array(TG_ARGV[4], ',');
  why text := nullif(current_setting('gelang.take_over', true), '');
  owner oid := (SELECT relowner FROM pg_class WHERE oid = TG_RELID);
  changes jsonb[];
  change jsonb;
  old_row jsonb;
  new_row jsonb;
  changed text[];
  row_count integer;
  digest bytea;
BEGIN
  why := CASE WHEN pg_has_role(coalesce(nullif(current_setting('role'), 'none'), session_user)::name, owner, 'USAGE') THEN 'take-over: ' || why END;
  IF TG_OP = 'INSERT' THEN
    SELECT count(*) INTO row_count FROM new_rows;
    IF why IS NOT NULL AND row_count > 100 THEN
      SELECT sha256(string_agg(sha256(convert_to(to_jsonb(n)::text, 'UTF8')), '' ORDER BY to_jsonb(n) ->> TG_ARGV[0])) INTO digest FROM new_rows n;
    ELSE
      changes := ARRAY(SELECT jsonb_build_object('new', to_jsonb(n)) FROM new_rows n ORDER BY to_jsonb(n) ->> TG_ARGV[0]);
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT count(*) INTO row_count FROM old_rows;
    IF why IS NOT NULL AND row_count > 100 THEN
      SELECT sha256(string_agg(sha256(convert_to(to_jsonb(o)::text, 'UTF8')), '' ORDER BY to_jsonb(o) ->> TG_ARGV[0])) INTO digest FROM old_rows o;
    ELSE
      changes := ARRAY(SELECT jsonb_build_object('old', to_jsonb(o)) FROM old_rows o ORDER BY to_jsonb(o) ->> TG_ARGV[0]);
    END IF;
  ELSE
    changes := ARRAY(
      SELECT jsonb_strip_nulls(jsonb_build_object('old', o.shown, 'new', n.shown))
      FROM (SELECT to_jsonb(r) AS shown FROM old_rows r) o
        FULL JOIN (SELECT to_jsonb(r) AS shown FROM new_rows r) n ON o.shown ->> TG_ARGV[0] = n.shown ->> TG_ARGV[0]
      WHERE o.shown - ignored IS DISTINCT FROM n.shown - ignored
      ORDER BY coalesce(n.shown, o.shown) ->> TG_ARGV[0]);
    row_count := cardinality(changes);
    IF why IS NOT NULL AND row_count > 100 THEN
      SELECT sha256(string_agg(sha256(convert_to(c::text, 'UTF8')), '')) INTO digest FROM unnest(changes) c;
    END IF;
  END IF;

  IF digest IS NOT NULL THEN
    PERFORM write_audit(TG_TABLE_NAME || '.' || lower(TG_OP), TG_TABLE_NAME || ':*', NULL, NULL, why,
      jsonb_build_object('rows', row_count, 'sha256', encode(digest, 'hex')));
    RETURN NULL;
  END IF;
  FOREACH change IN ARRAY changes LOOP
    old_row := change -> 'old';
    new_row := change -> 'new';
    IF old_row IS NOT NULL AND new_row IS NOT NULL THEN
      changed := ARRAY(SELECT key FROM jsonb_each(old_row || new_row) WHERE old_row -> key IS DISTINCT FROM new_row -> key);
    ELSE
      changed := ARRAY(SELECT jsonb_object_keys(coalesce(new_row, old_row)));
    END IF;
    PERFORM write_audit(TG_TABLE_NAME || '.' || lower(TG_OP), TG_TABLE_NAME || ':' || (coalesce(new_row, old_row) ->> TG_ARGV[0]),
      nullif(coalesce(new_row, old_row) ->> nullif(TG_ARGV[1], ''), '')::integer,
      (coalesce(new_row, old_row) ->> 'unit_path')::ltree,
      why,
      jsonb_strip_nulls(jsonb_build_object(
        -- What a version is a version of, whose account it is.
        'of', coalesce(coalesce(new_row, old_row) ->> 'userId', nullif(coalesce(new_row, old_row) ->> 'id', coalesce(new_row, old_row) ->> TG_ARGV[0])),
        'old', audit_view((SELECT jsonb_object_agg(key, value) FROM jsonb_each(old_row) WHERE key = ANY (changed)), hidden, hashed),
        'new', audit_view((SELECT jsonb_object_agg(key, value) FROM jsonb_each(new_row) WHERE key = ANY (changed)), hidden, hashed))));
  END LOOP;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.audit_changes_of(audited regclass, key text, wearer text, hidden text, hashed text, ignored text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  op text;
BEGIN
  FOR op IN SELECT unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION audit_change(%L, %L, %L, %L, %L)',
      'a_audit_' || lower(op), op, audited,
      CASE op WHEN 'INSERT' THEN 'NEW TABLE AS new_rows' WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
        ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
      key, wearer, hidden, hashed, ignored);
  END LOOP;
  EXECUTE format('CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', audited);
END $function$
CREATE OR REPLACE FUNCTION public.audit_failed_sign_in(tried_name text, why text, detail jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  found_id uuid;
  found_unit ltree;
  known boolean;
BEGIN
  IF acting_officer_id() IS NOT NULL OR why !~ '^[a-z_]{1,40}$' OR pg_column_size(detail) > 8192 THEN
    RAISE EXCEPTION 'a failed sign-in is nobody''s, for a reason in one word' USING ERRCODE = 'check_violation';
  END IF;
  SELECT true, o.id, o.unit_path INTO known, found_id, found_unit
    FROM auth."user" u LEFT JOIN officer o ON o.auth_user_id = u.id WHERE u.username = lower(tried_name);
  RETURN write_audit('session.refused',
    CASE WHEN found_id IS NOT NULL THEN 'officer:' || found_id WHEN known THEN 'account:' || lower(tried_name) ELSE 'account:unknown' END,
    NULL, found_unit, NULL, coalesce(detail, '{}') || jsonb_build_object('why', why));
END $function$
CREATE OR REPLACE FUNCTION public.audit_grant()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM write_audit('access.grant', 'wearer:' || (SELECT uuid FROM wearer WHERE id = NEW.wearer_id), NEW.wearer_id, NULL, NEW.reason,
    jsonb_build_object('to', NEW.officer_id, 'kind', NEW.kind,
      'until', to_char(upper(NEW.during) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.audit_hash(a audit)
 RETURNS bytea
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT sha256(a.previous_hash || convert_to(jsonb_build_array(a.id, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    a.actor, a.officer_id, a.unit_path::text, a.action, a.subject, a.wearer_id, a.reason, a.detail)::text, 'UTF8'))
$function$
CREATE OR REPLACE FUNCTION public.audit_map(area ltree, detail jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM check_audit_entry(NULL, detail);
  IF NOT area <@ acting_unit() OR NOT EXISTS (SELECT FROM unit WHERE path = area) THEN
    RAISE EXCEPTION 'unit % is not in sight', area USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN write_audit('map.open', 'unit:' || area::text, NULL, area, NULL, detail);
END $function$
CREATE OR REPLACE FUNCTION public.audit_reading(kind text, wearer_id integer, reason text, detail jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  found_uuid uuid;
BEGIN
  PERFORM check_audit_entry(reason, detail);
  IF kind NOT IN ('track', 'position', 'evidence', 'zones', 'export') THEN
    RAISE EXCEPTION 'no such kind of reading: %', kind USING ERRCODE = 'check_violation';
  END IF;
  SELECT w.uuid INTO found_uuid FROM sight s JOIN wearer w ON w.id = s.wearer_id WHERE s.wearer_id = audit_reading.wearer_id;
  IF found_uuid IS NULL THEN
    RAISE EXCEPTION 'wearer % is not in sight', wearer_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN write_audit(kind || '.read', 'wearer:' || found_uuid, wearer_id, NULL, reason, detail);
END $function$
CREATE OR REPLACE FUNCTION public.audit_refusal(what text, wearer_id integer, detail jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM check_audit_entry(NULL, detail);
  IF what !~ '^[A-Za-z0-9/._: -]{1,120}$' THEN
    RAISE EXCEPTION 'what was refused is a route or a word' USING ERRCODE = 'check_violation';
  END IF;
  RETURN write_audit('refused', what, wearer_id, acting_unit(), NULL, detail);
END $function$
CREATE OR REPLACE FUNCTION public.audit_session(event text, detail jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM check_audit_entry(NULL, detail);
  IF event NOT IN ('open', 'close', 'expire', 'revoke') THEN
    RAISE EXCEPTION 'no such event of a session: %', event USING ERRCODE = 'check_violation';
  END IF;
  RETURN write_audit('session.' || event, 'officer:' || acting_officer_id(), NULL, NULL, NULL, detail);
END $function$
CREATE OR REPLACE FUNCTION public.audit_view(shown jsonb, hidden text[], hashed text[])
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT jsonb_object_agg(key, CASE
    WHEN key = ANY (hidden) THEN to_jsonb('…'::text)
    WHEN key = ANY (hashed) THEN to_jsonb('sha256:' || left(encode(sha256(convert_to(value::text, 'UTF8')), 'hex'), 32))
    ELSE value END)
  FROM jsonb_each(shown) WHERE value <> 'null'
$function$
CREATE OR REPLACE FUNCTION public.begin_invitation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  NEW.made_at := now();
  NEW.ends_at := now() + interval '72 hours';
  NEW.used_at := NULL;
  NEW.revoked_at := NULL;
  -- Whoever has an account keeps its name.
  NEW.username := coalesce((SELECT u.username FROM officer o JOIN auth."user" u ON u.id = o.auth_user_id WHERE o.id = NEW.officer_id),
    NEW.username);
  IF EXISTS (SELECT FROM auth."user" u JOIN officer o ON o.auth_user_id = u.id WHERE u.username = NEW.username AND o.id <> NEW.officer_id)
    OR EXISTS (SELECT FROM invitation i WHERE i.username = NEW.username AND i.officer_id <> NEW.officer_id
      AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.ends_at > now()) THEN
    RAISE EXCEPTION 'the user name belongs to somebody else' USING ERRCODE = 'unique_violation', CONSTRAINT = 'invitation_username';
  END IF;
  UPDATE invitation SET revoked_at = now() WHERE officer_id = NEW.officer_id AND used_at IS NULL AND revoked_at IS NULL;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.check_act()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  found officer_act;
  signs_known integer;
BEGIN
  NEW.matter_id := coalesce((SELECT matter_id FROM incident WHERE id = NEW.incident_id), NEW.matter_id, NEW.incident_id);
  PERFORM pg_advisory_xact_lock(7103, hashtext(NEW.matter_id::text));
  SELECT o.name, o.role INTO NEW.officer_name, NEW.officer_role FROM officer o WHERE o.id = NEW.officer_id;
  IF EXISTS (SELECT FROM incident
    WHERE (id = NEW.incident_id OR matter_id = NEW.matter_id)
      AND (wearer_id IS DISTINCT FROM NEW.wearer_id OR unit_path IS DISTINCT FROM NEW.unit_path)) THEN
    RAISE EXCEPTION 'incident % is not of wearer %', NEW.incident_id, NEW.wearer_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.action = 'resolve' THEN
    SELECT greatest(NEW.signs, max(coalesce((body ->> 'signs')::int, 1))) INTO signs_known FROM incident WHERE id = NEW.incident_id;
    SELECT * INTO found FROM officer_act
      WHERE coalesce(matter_id, incident_id) = NEW.matter_id AND action = 'resolve' AND signs >= signs_known ORDER BY act_id DESC LIMIT 1;
    IF NEW.changes IS DISTINCT FROM found.act_id AND (NEW.changes IS NOT NULL OR found.resolution <> NEW.resolution) THEN
      RAISE EXCEPTION 'incident % has another finding', NEW.incident_id USING ERRCODE = 'GF001';
    ELSIF NEW.changes IS NOT NULL AND officer_rank(NEW.officer_role) < officer_rank(found.officer_role) THEN
      RAISE EXCEPTION 'a finding is changed by no lower rank' USING ERRCODE = 'GF002';
    ELSIF NEW.changes IS NOT NULL AND coalesce(btrim(NEW.note), '') = '' THEN
      RAISE EXCEPTION 'a finding is changed with a reason only' USING ERRCODE = 'GF003';
    END IF;
    UPDATE incident SET resolved_at = NEW.at
    WHERE matter_id = NEW.matter_id AND resolved_at IS NULL AND coalesce((body ->> 'signs')::int, 1) <= NEW.signs;
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.check_audit_entry(reason text, detail jsonb)
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF acting_role() IS NULL THEN
    RAISE EXCEPTION 'no active officer acts' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF length(reason) > 2000 OR pg_column_size(detail) > 8192 OR jsonb_typeof(detail) <> 'object' THEN
    RAISE EXCEPTION 'an audit entry has a reason of at most 2000 characters and a detail of at most 8 KiB' USING ERRCODE = 'check_violation';
  END IF;
END $function$
CREATE OR REPLACE FUNCTION public.check_bracelet()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  END IF;
  IF NEW.custody <> OLD.custody AND 'dipakai' IN (NEW.custody, OLD.custody) THEN
    RAISE EXCEPTION 'a bracelet is fitted and taken off' USING ERRCODE = 'check_violation', CONSTRAINT = 'custody_by_assignment';
  ELSIF (NEW.secret_sha256, NEW.revoked_at) IS DISTINCT FROM (OLD.secret_sha256, OLD.revoked_at) AND acting_role() <> 'admin_ti' THEN
    RAISE EXCEPTION 'secrets are kept by Admin TI' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'bracelet_secret';
  ELSIF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.secret_sha256 IS DISTINCT FROM OLD.secret_sha256) THEN
    RAISE EXCEPTION 'a revoked bracelet stays revoked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.check_edit()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  END IF;
  IF reason_has_content(current_setting('gelang.reason', true)) IS NOT TRUE THEN
    RAISE EXCEPTION 'a file is changed with a reason' USING ERRCODE = 'check_violation', CONSTRAINT = 'wearer_reason';
  END IF;
  IF (NEW.pk_officer_id, NEW.asisten_officer_id) IS DISTINCT FROM (OLD.pk_officer_id, OLD.asisten_officer_id)
    AND acting_role() NOT IN ('kasubsi', 'kepala_bapas') THEN
    RAISE EXCEPTION 'Kasubsi and Kepala say who guides a klien' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'assign_pk';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.check_end(what text, id text, was tstzrange, becomes tstzrange, cancelled boolean, moment timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF cancelled AND lower(was) < moment
    OR upper(becomes) IS DISTINCT FROM upper(was) AND (upper_inf(becomes) OR upper(becomes) > upper(was) OR upper(becomes) < moment) THEN
    RAISE EXCEPTION '% % stands as it was decided: it may end early, from now on, and is never made longer', what, id
      USING ERRCODE = 'restrict_violation';
  END IF;
END $function$
CREATE OR REPLACE FUNCTION public.check_gateway()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.secret_sha256 <> OLD.secret_sha256) THEN
    RAISE EXCEPTION 'a revoked gateway stays revoked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.check_reason(kind text, reason text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF kind <> ALL (reason_kinds()) OR kind IS NULL OR reason_has_content(reason) IS NOT TRUE THEN
    RAISE EXCEPTION 'a person is shown for a written reason: its kind, and words that say something' USING ERRCODE = 'check_violation';
  END IF;
END $function$
CREATE OR REPLACE FUNCTION public.check_supervision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  ELSIF TG_OP = 'INSERT' THEN
    IF upper(NEW.during) <= now() THEN
      RAISE EXCEPTION 'the supervision is over already' USING ERRCODE = 'check_violation', CONSTRAINT = 'supervision_over';
    END IF;
    RETURN NEW;
  END IF;
  IF lower(NEW.during) <> lower(OLD.during) OR upper(NEW.during) > upper(OLD.during) THEN
    RAISE EXCEPTION 'a supervision is not prolonged here' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'never_prolonged';
  ELSIF (NEW.during, NEW.end_kind, NEW.end_reason, NEW.ended_by) IS DISTINCT FROM (OLD.during, OLD.end_kind, OLD.end_reason, OLD.ended_by) THEN
    IF acting_role() NOT IN ('kasubsi', 'kepala_bapas') OR NEW.ended_by IS DISTINCT FROM acting_officer_id() OR NEW.end_kind IS NULL
      OR reason_has_content(NEW.end_reason) IS NOT TRUE THEN
      RAISE EXCEPTION 'Kasubsi and Kepala end a supervision, with a kind and a reason'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'end_supervision';
    END IF;
  ELSIF reason_has_content(current_setting('gelang.reason', true)) IS NOT TRUE THEN
    RAISE EXCEPTION 'a file is changed with a reason' USING ERRCODE = 'check_violation', CONSTRAINT = 'wearer_reason';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.check_two_decide(author uuid, approver uuid, wearer_number integer, needs_kepala boolean, checked boolean)
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  of_wearer ltree := (SELECT unit_path FROM wearer WHERE id = wearer_number);
BEGIN
  IF author IS NULL OR approver IS NULL OR author = approver THEN
    RAISE EXCEPTION 'nobody approves what they proposed' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'two_decide';
  END IF;
  IF checked AND NOT (
    EXISTS (SELECT FROM officer WHERE id = author AND active AND of_wearer <@ unit_path
      AND role IN ('pk', 'asisten_pk', 'operator', 'kasubsi', 'kepala_bapas'))
    AND EXISTS (SELECT FROM officer WHERE id = approver AND active AND of_wearer <@ unit_path
      AND (role = 'kepala_bapas' OR role = 'kasubsi' AND NOT needs_kepala))) THEN
    RAISE EXCEPTION 'not theirs to propose, or not theirs to approve' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'two_decide';
  END IF;
END $function$
CREATE OR REPLACE FUNCTION public.clock_proposal(bracelet_number integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT i.body -> 'badData' || jsonb_build_object('sinceMs', utc_ms(i.start_at),
    'correctionMs', (i.body -> 'badData' ->> 'correctionMs')::bigint + coalesce(b.clock_correction_ms, 0))
  FROM bracelet b JOIN assignment a ON a.bracelet_id = b.id JOIN incident i ON i.wearer_id = a.wearer_id AND a.during @> i.start_at
  WHERE b.id = bracelet_number AND i.type = 'bad_data' AND NOT i.withdrawn AND i.body -> 'badData' ? 'correctionMs'
    AND (b.clock_set_at IS NULL OR i.start_at > b.clock_set_at) AND b.unit_path <@ acting_unit()
    AND acting_role() IN ('kasubsi', 'operator', 'admin_ti')
  ORDER BY i.start_at DESC LIMIT 1
$function$
CREATE OR REPLACE FUNCTION public.decide_condition()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  checked boolean := NOT taking_over(TG_RELID);
  moment timestamptz;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a version of condition % stands as it was decided: end it or open the next one', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  moment := CASE WHEN checked THEN decision_time() ELSE NEW.changed_at END;
  NEW.changed_at := moment;
  IF TG_OP = 'INSERT' THEN
    IF checked THEN
      NEW.made_at := moment;
    END IF;
    NEW.cancelled_at := NULL;
    NEW.end_author_id := NULL;
    NEW.end_approver_id := NULL;
    PERFORM check_two_decide(NEW.author_id, NEW.approver_id, NEW.wearer_id, NEW.kind = 'avoided', checked);
    RETURN NEW;
  END IF;
  IF (NEW.version_id, NEW.id, NEW.wearer_id, NEW.kind, NEW.zone_id, NEW.time_zone, NEW.windows, NEW.severity,
      NEW.parameters, NEW.legal_basis, NEW.author_id, NEW.approver_id, NEW.made_at, lower(NEW.during))
    IS DISTINCT FROM (OLD.version_id, OLD.id, OLD.wearer_id, OLD.kind, OLD.zone_id, OLD.time_zone, OLD.windows, OLD.severity,
      OLD.parameters, OLD.legal_basis, OLD.author_id, OLD.approver_id, OLD.made_at, lower(OLD.during))
    OR NEW.changed_at < OLD.changed_at OR OLD.cancelled_at IS NOT NULL THEN
    RAISE EXCEPTION 'a version of condition % stands as it was decided: end it or open the next one', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.cancelled_at IS NOT NULL THEN
    NEW.cancelled_at := moment;
  END IF;
  PERFORM check_end('condition', OLD.id, OLD.during, NEW.during, NEW.cancelled_at IS NOT NULL, moment);
  PERFORM check_two_decide(NEW.end_author_id, NEW.end_approver_id, NEW.wearer_id, NEW.kind = 'avoided', checked);
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.decide_permit()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  checked boolean := NOT taking_over(TG_RELID);
  moment timestamptz;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'permit % stands as it was decided: end it or decide another', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  moment := CASE WHEN checked THEN decision_time() ELSE NEW.changed_at END;
  NEW.changed_at := moment;
  IF TG_OP = 'INSERT' THEN
    IF checked THEN
      NEW.decided_at := moment;
    END IF;
    NEW.cancelled_at := NULL;
    NEW.end_author_id := NULL;
    NEW.end_approver_id := NULL;
    IF lower(NEW.during) < NEW.decided_at THEN
      RAISE EXCEPTION 'a permit does not begin before it is decided'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_never_backwards';
    END IF;
    PERFORM check_two_decide(NEW.author_id, NEW.approver_id, NEW.wearer_id, true, checked);
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.wearer_id, NEW.condition_ids, NEW.zone_id, NEW.decided_at, NEW.legal_basis, NEW.author_id, NEW.approver_id,
      lower(NEW.during))
    IS DISTINCT FROM (OLD.id, OLD.wearer_id, OLD.condition_ids, OLD.zone_id, OLD.decided_at, OLD.legal_basis, OLD.author_id,
      OLD.approver_id, lower(OLD.during))
    OR NEW.changed_at < OLD.changed_at OR OLD.cancelled_at IS NOT NULL THEN
    RAISE EXCEPTION 'permit % stands as it was decided: end it or decide another', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.cancelled_at IS NOT NULL THEN
    NEW.cancelled_at := moment;
  END IF;
  PERFORM check_end('permit', OLD.id, OLD.during, NEW.during, NEW.cancelled_at IS NOT NULL, moment);
  PERFORM check_two_decide(NEW.end_author_id, NEW.end_approver_id, NEW.wearer_id, true, checked);
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.decide_proposal()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.made_at := decision_time();
    IF (SELECT count(*) FROM proposal p WHERE p.wearer_id = NEW.wearer_id AND p.state = 'pending') >= 50 THEN
      RAISE EXCEPTION 'fifty proposals about one klien wait to be decided' USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_pending_max';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'pending' OR NEW.state = 'pending' THEN
    RAISE EXCEPTION 'proposal % was decided', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.decided_at := decision_time();
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.decide_supervision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  moment timestamptz := CASE WHEN taking_over(TG_RELID) THEN NEW.changed_at ELSE decision_time() END;
BEGIN
  NEW.changed_at := moment;
  IF TG_OP = 'INSERT' THEN
    IF NOT taking_over(TG_RELID) THEN
      NEW.made_at := moment;
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.wearer_id, lower(NEW.during), NEW.made_at) IS DISTINCT FROM (OLD.id, OLD.wearer_id, lower(OLD.during), OLD.made_at)
    OR NEW.changed_at < OLD.changed_at
    OR upper(NEW.during) <> upper(OLD.during) AND (upper(OLD.during) < moment OR upper(NEW.during) < moment) THEN
    RAISE EXCEPTION 'supervision % may end earlier or later, from now on; nothing else of its time changes', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.decide_zone()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT taking_over(TG_RELID) THEN
      NEW.made_at := decision_time();
      NEW.retired_at := NULL;
    END IF;
  ELSIF OLD.retired_at IS NOT NULL THEN
    NEW.retired_at := OLD.retired_at;
  ELSIF NEW.retired_at IS NOT NULL THEN
    NEW.retired_at := decision_time();
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.decision_time(began timestamp with time zone DEFAULT now())
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF clock_timestamp() > began + interval '1 minute' THEN
    RAISE EXCEPTION 'a rule is decided now; this transaction began more than a minute ago' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN date_trunc('milliseconds', began);
END $function$
CREATE OR REPLACE FUNCTION public.drop_old(which text, older_than timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  kept_days integer := (SELECT days FROM retention WHERE kept = which);
BEGIN
  IF kept_days IS NULL OR older_than > now() - make_interval(days => kept_days) THEN
    RAISE EXCEPTION '% is kept for %', which, coalesce(kept_days || ' days', 'ever') USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN (SELECT count(*) FROM drop_chunks(which::regclass, older_than => drop_old.older_than));
END $function$
CREATE OR REPLACE FUNCTION public.during_ms(from_ms double precision, to_ms double precision)
 RETURNS tstzrange
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN tstzrange(to_timestamp((from_ms / (1000.0)::double precision)), to_timestamp((to_ms / (1000.0)::double precision)), '[)'::text)
CREATE OR REPLACE FUNCTION public.end_sessions_of_officer()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  DELETE FROM auth.session WHERE "userId" = OLD.auth_user_id;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.find_persons(part text, kind text, reason text, OUT id uuid, OUT name text, OUT unit_path text, OUT programme text)
 RETURNS SETOF record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  pattern text := '%' || replace(replace(replace(btrim(part), '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
  PERFORM check_reason(kind, reason);
  IF acting_role() IS NULL OR acting_role() NOT IN ('pk', 'asisten_pk', 'kanwil', 'ditjenpas') THEN
    RETURN;
  END IF;
  IF length(btrim(part)) < 3 THEN
    RAISE EXCEPTION 'persons are looked for by three characters or more' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM write_audit('person.find', 'unit:' || acting_unit()::text, NULL, acting_unit(), btrim(reason), jsonb_build_object('kind', find_persons.kind));
  RETURN QUERY
    SELECT w.uuid, w.name, w.unit_path::text, s.programme
    FROM wearer w JOIN LATERAL (
      SELECT v.programme, v.sk_number FROM supervision v WHERE v.wearer_id = w.id
      ORDER BY v.during @> now() DESC, lower(v.during) DESC LIMIT 1) s ON true
    WHERE w.unit_path <@ acting_unit()
      AND (w.name ILIKE pattern OR s.sk_number ILIKE pattern OR EXISTS (
        SELECT FROM assignment a JOIN bracelet b ON b.id = a.bracelet_id
        WHERE a.wearer_id = w.id AND a.during @> now() AND b.device_id ILIKE pattern))
    ORDER BY w.name, w.id LIMIT 20;
END $function$
CREATE OR REPLACE FUNCTION public.follow_assignment()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN bracelet b ON b.id = n.bracelet_id WHERE upper_inf(n.during) AND b.custody = 'gudang') THEN
    UPDATE bracelet b SET custody = 'dipakai'
    WHERE b.custody = 'gudang' AND b.id IN (SELECT n.bracelet_id FROM new_rows n WHERE upper_inf(n.during));
  END IF;
  IF EXISTS (SELECT FROM new_rows n WHERE NOT upper_inf(n.during)) THEN
    UPDATE bracelet b SET custody = 'gudang'
    WHERE b.custody = 'dipakai' AND b.id IN (SELECT n.bracelet_id FROM new_rows n WHERE NOT upper_inf(n.during))
      AND NOT EXISTS (SELECT FROM assignment a WHERE a.bracelet_id = b.id AND upper_inf(a.during));
  END IF;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.from_ms(ms double precision)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN to_timestamp((ms / (1000.0)::double precision))
CREATE OR REPLACE FUNCTION public.grant_access(wearer uuid, kind text, reason text, seconds double precision)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  found_id integer;
  until timestamptz := now() + make_interval(secs => seconds);
BEGIN
  IF seconds <= 0 OR seconds > 31 * 86400 THEN
    RAISE EXCEPTION 'access is granted for at most 31 days' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM check_reason(kind, reason);
  SELECT w.id INTO found_id FROM wearer w WHERE w.uuid = grant_access.wearer AND w.unit_path <@ acting_unit()
    AND acting_role() IN ('pk', 'asisten_pk', 'kanwil', 'ditjenpas');
  IF found_id IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO access_grant (officer_id, wearer_id, kind, reason, during)
    VALUES (acting_officer_id(), found_id, grant_access.kind, btrim(reason), tstzrange(now(), until));
  RETURN until;
END $function$
CREATE OR REPLACE FUNCTION public.granted_wearer_ids()
 RETURNS SETOF integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ SELECT wearer_id FROM access_grant WHERE officer_id = acting_officer_id() AND during @> now() $function$
CREATE OR REPLACE FUNCTION public.guides_in(officer uuid, as_role text, unit ltree)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM officer o WHERE o.id = guides_in.officer AND o.active AND o.role = as_role AND guides_in.unit <@ o.unit_path)
$function$
CREATE OR REPLACE FUNCTION public.hand_over_klien(from_officer uuid, to_officer uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  giver officer;
  taker officer;
  moved integer;
BEGIN
  SELECT * INTO giver FROM officer WHERE id = from_officer;
  SELECT * INTO taker FROM officer WHERE id = to_officer;
  IF acting_role() IS DISTINCT FROM 'admin_ti' OR NOT giver.unit_path <@ acting_unit() OR NOT taker.unit_path <@ acting_unit()
    OR taker.id IS NULL OR NOT taker.active OR taker.id = giver.id OR taker.role <> giver.role
    OR EXISTS (SELECT FROM wearer w WHERE from_officer IN (w.pk_officer_id, w.asisten_officer_id) AND NOT w.unit_path <@ taker.unit_path
      AND EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id AND upper(s.during) > now())) THEN
    RAISE EXCEPTION 'klien are handed over to an active colleague of the same role and unit'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'hand_over';
  END IF;
  UPDATE wearer w SET
    pk_officer_id = CASE WHEN w.pk_officer_id = from_officer THEN to_officer ELSE w.pk_officer_id END,
    asisten_officer_id = CASE WHEN w.asisten_officer_id = from_officer THEN to_officer ELSE w.asisten_officer_id END
  WHERE from_officer IN (w.pk_officer_id, w.asisten_officer_id)
    AND EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id AND upper(s.during) > now());
  GET DIAGNOSTICS moved = ROW_COUNT;
  RETURN moved;
END $function$
CREATE OR REPLACE FUNCTION public.interval_now()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF NOT taking_over(TG_RELID) THEN
    NEW.plan_changed_at := CASE
      WHEN (NEW.report_interval_ms, NEW.silence_grace_ms) IS DISTINCT FROM (OLD.report_interval_ms, OLD.silence_grace_ms) THEN date_trunc('milliseconds', now())
      ELSE OLD.plan_changed_at END;
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.is_span(during tstzrange)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((NOT isempty(during)) AND (NOT lower_inf(during)) AND lower_inc(during) AND (NOT upper_inc(during)))
CREATE OR REPLACE FUNCTION public.keep_supervision_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF acting_officer_id() IS NOT NULL THEN
    PERFORM add_wearer_version(NEW.wearer_id, CASE
      WHEN TG_OP = 'UPDATE' AND NEW.end_kind IS NOT NULL AND NEW.end_kind IS DISTINCT FROM OLD.end_kind THEN NEW.end_reason
      ELSE coalesce(nullif(current_setting('gelang.reason', true), ''), 'pencatatan awal') END);
  END IF;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.keep_wearer_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF acting_officer_id() IS NOT NULL THEN
    PERFORM add_wearer_version(NEW.id, coalesce(nullif(current_setting('gelang.reason', true), ''),
      CASE TG_OP WHEN 'INSERT' THEN 'pencatatan awal' ELSE 'serah terima klien' END));
  END IF;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.keep_zone_shape()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.id, NEW.lineage, NEW.name, NEW.unit_path, NEW.shape, NEW.shared, NEW.author_id, NEW.made_at)
    IS DISTINCT FROM (OLD.id, OLD.lineage, OLD.name, OLD.unit_path, OLD.shape, OLD.shared, OLD.author_id, OLD.made_at) THEN
    RAISE EXCEPTION 'zone % names one version for ever: a changed zone is a new zone of the same lineage', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.keeps_wearer(wearer_number integer)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM wearer w WHERE w.id = wearer_number AND w.unit_path <@ acting_unit()
    AND (acting_role() IN ('kasubsi', 'kepala_bapas')
      OR acting_role() IN ('pk', 'asisten_pk') AND acting_officer_id() IN (w.pk_officer_id, w.asisten_officer_id)))
$function$
CREATE OR REPLACE FUNCTION public.klien_of_officer(officer uuid)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT count(*)::integer FROM wearer w
  WHERE klien_of_officer.officer IN (w.pk_officer_id, w.asisten_officer_id)
    AND EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id AND upper(s.during) > now())
    AND acting_role() = 'admin_ti' AND w.unit_path <@ acting_unit()
$function$
CREATE OR REPLACE FUNCTION public.list_quarantine(device text, why text, before timestamp with time zone, count_max integer, OUT entry json)
 RETURNS SETOF json
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT json_strip_nulls(json_build_object('receivedMs', utc_ms(q.received_at), 'sourceId', q.source_id, 'protocol', q.protocol,
    'reason', q.reason, 'detail', q.detail, 'deviceId', q.device_id, 'bytes', length(q.raw), 'cut', q.cut))
  FROM quarantine q
  WHERE (device IS NULL OR q.device_id = device) AND (why IS NULL OR q.reason = why) AND q.received_at > now() - interval '31 days'
    AND (before IS NULL OR q.received_at < before) AND quarantine_in_sight(q.device_id)
  ORDER BY q.received_at DESC, q.source_id DESC LIMIT least(count_max, 201)
$function$
CREATE OR REPLACE FUNCTION public.map_alarm_word()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  NEW.officer_id := acting_officer_id();
  NEW.mapped_at := now();
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.may_be_fitted(bracelet_number integer)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM bracelet b WHERE b.id = bracelet_number AND b.unit_path <@ acting_unit() AND b.revoked_at IS NULL
    AND b.custody = 'gudang')
$function$
CREATE OR REPLACE FUNCTION public.note_act_to_tell()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO act_to_tell (act_id) VALUES (NEW.act_id);
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.note_audit_head()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF NEW.id = (SELECT max(id) FROM audit) THEN
    UPDATE audit_head SET id = NEW.id, hash = NEW.hash;
  END IF;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.note_custody()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.custody <> OLD.custody THEN
    INSERT INTO custody_entry (bracelet_id, custody, officer_id, reason)
      VALUES (NEW.id, NEW.custody, acting_officer_id(), nullif(current_setting('gelang.reason', true), ''));
  END IF;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.note_fitting()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  worn tstzrange := (SELECT a.during FROM assignment a WHERE a.id = NEW.assignment_id);
BEGIN
  NEW.at := CASE NEW.act WHEN 'pasang' THEN lower(worn) ELSE upper(worn) END;
  NEW.officer_id := acting_officer_id();
  IF NEW.at IS NULL OR NEW.at < now() - interval '1 minute' THEN
    RAISE EXCEPTION 'a fitting is written down when it is made' USING ERRCODE = 'check_violation', CONSTRAINT = 'fitting_now';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.officer_of_account(account text, OUT officer_id uuid, OUT name text, OUT role text, OUT unit_path ltree, OUT unit_name text, OUT time_zone text)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT o.id, o.name, o.role, o.unit_path, u.name, u.time_zone
  FROM officer o JOIN unit u ON u.path = o.unit_path WHERE o.auth_user_id = account AND o.active
$function$
CREATE OR REPLACE FUNCTION public.officer_rank(role text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT coalesce(array_position(ARRAY['pk', 'kasubsi', 'kepala_bapas', 'kanwil', 'ditjenpas'], role), 1)
$function$
CREATE OR REPLACE FUNCTION public.open_invitation(token text, OUT officer_name text, OUT username text, OUT account text)
 RETURNS SETOF record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
  found invitation;
BEGIN
  SELECT * INTO found FROM invitation i WHERE i.token_sha256 = token FOR UPDATE;
  IF found.id IS NULL OR found.used_at IS NOT NULL OR found.revoked_at IS NOT NULL OR found.ends_at <= clock_timestamp() THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT o.name, found.username, o.auth_user_id FROM officer o WHERE o.id = found.officer_id AND o.active;
END $function$
CREATE OR REPLACE FUNCTION public.open_quarantined(received timestamp with time zone, source text, OUT raw bytea, OUT wearer_id integer, OUT hidden boolean)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT CASE WHEN may.see THEN q.raw END, worn.wearer_id, NOT may.see
  FROM quarantine q
    LEFT JOIN LATERAL (SELECT a.wearer_id FROM bracelet b JOIN assignment a ON a.bracelet_id = b.id
      WHERE b.device_id = q.device_id AND lower(a.during) <= q.received_at ORDER BY lower(a.during) DESC LIMIT 1) worn ON true
    CROSS JOIN LATERAL (SELECT worn.wearer_id IS NULL OR acting_role() = 'kasubsi' AND EXISTS (
      SELECT FROM wearer w WHERE w.id = worn.wearer_id AND w.unit_path <@ acting_unit()) AS see) may
  WHERE q.received_at = received AND q.source_id = source AND quarantine_in_sight(q.device_id)
$function$
CREATE OR REPLACE FUNCTION public.quarantine_in_sight(device text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT acting_role() IN ('admin_ti', 'kasubsi') AND coalesce(
    (SELECT b.unit_path <@ acting_unit() FROM bracelet b WHERE b.device_id = device),
    acting_role() = 'admin_ti' AND nlevel(acting_unit()) = 1)
$function$
CREATE OR REPLACE FUNCTION public.raise_reading_alarms(OUT what text, OUT per text, OUT readings integer, OUT allowed integer)
 RETURNS SETOF record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
  l record;
BEGIN
  FOR l IN
    WITH read AS MATERIALIZED (
      SELECT a.action, a.wearer_id, a.at > now() - interval '1 hour' AS this_hour FROM audit a
      WHERE a.officer_id = acting_officer_id() AND a.at > now() - interval '1 day'
        AND a.action IN ('track.read', 'position.read', 'evidence.read', 'zones.read', 'export.read', 'nik.reveal', 'access.grant', 'person.find')
        AND NOT coalesce(a.detail ? 'backtest', false)
    ), counted AS (
      SELECT 'persons' AS what, count(DISTINCT r.wearer_id) FILTER (WHERE r.this_hour) AS hour, count(DISTINCT r.wearer_id) AS day
        FROM read r WHERE r.action LIKE '%.read'
      UNION ALL
      SELECT 'niks', count(*) FILTER (WHERE r.this_hour), count(*) FROM read r WHERE r.action = 'nik.reveal'
      UNION ALL
      SELECT 'reasons', count(*) FILTER (WHERE r.this_hour), count(*) FROM read r WHERE r.action IN ('access.grant', 'person.find')
    )
    SELECT m.what, m.per, m.allowed, CASE m.per WHEN 'hour' THEN c.hour ELSE c.day END AS found
    FROM reading_limit m JOIN counted c ON c.what = m.what WHERE m.role = acting_role()
  LOOP
    CONTINUE WHEN l.found <= l.allowed OR EXISTS (
      SELECT FROM reading_alarm a WHERE a.officer_id = acting_officer_id() AND a.what = l.what AND a.per = l.per
        AND a.at > now() - ('1 ' || l.per)::interval);
    INSERT INTO reading_alarm (officer_id, unit_path, what, per, found, allowed)
      VALUES (acting_officer_id(), acting_unit(), l.what, l.per, l.found, l.allowed);
    PERFORM write_audit('alarm.mass_reading', 'officer:' || acting_officer_id(), NULL, acting_unit(), NULL,
      jsonb_build_object('what', l.what, 'per', l.per, 'found', l.found, 'allowed', l.allowed));
    what := l.what; per := l.per; readings := l.found; allowed := l.allowed;
    RETURN NEXT;
  END LOOP;
END $function$
CREATE OR REPLACE FUNCTION public.reason_has_content(reason text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT count(DISTINCT lower(word[1])) >= 3 FROM regexp_matches(reason, '[A-Za-z]{2,}', 'g') AS word
  HAVING (SELECT count(DISTINCT lower(letter[1])) >= 6 FROM regexp_matches(reason, '[A-Za-z]', 'g') AS letter)
$function$
CREATE OR REPLACE FUNCTION public.reason_kinds()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT ARRAY['menggantikan_rekan', 'pengaduan', 'pemeriksaan', 'penyusunan_laporan', 'keadaan_darurat', 'permintaan_aparat',
    'permintaan_klien', 'gangguan_alat', 'lainnya']
$function$
CREATE OR REPLACE FUNCTION public.recipients_per_unit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF (SELECT count(*) FROM recipient r WHERE r.unit_path = NEW.unit_path AND r.active) > 50 THEN
    RAISE EXCEPTION 'a unit has at most fifty recipients' USING ERRCODE = 'check_violation', CONSTRAINT = 'recipient_max';
  END IF;
  RETURN NULL;
END $function$
CREATE OR REPLACE FUNCTION public.refusals_of(bracelet_number integer, OUT reason text, OUT detail text, OUT reports bigint, OUT last_at timestamp with time zone)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT q.reason, (array_agg(q.detail ORDER BY q.received_at DESC))[1], count(*), max(q.received_at)
  FROM bracelet b JOIN quarantine q ON q.device_id = b.device_id AND q.received_at > now() - interval '1 day'
  WHERE b.id = bracelet_number AND acting_role() IS NOT NULL
    AND (b.unit_path <@ acting_unit() AND acting_role() <> 'auditor'
      OR EXISTS (SELECT FROM assignment a WHERE a.bracelet_id = b.id AND keeps_wearer(a.wearer_id)))
  GROUP BY q.reason ORDER BY max(q.received_at) DESC LIMIT 20
$function$
CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added, never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $function$
CREATE OR REPLACE FUNCTION public.reveal_nik(wearer uuid, kind text, reason text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  found_id integer;
  found_nik text;
BEGIN
  PERFORM check_reason(kind, reason);
  SELECT w.id, w.nik INTO found_id, found_nik FROM wearer w
    WHERE w.uuid = reveal_nik.wearer AND w.unit_path <@ acting_unit() AND (
      acting_role() IN ('kasubsi', 'kepala_bapas')
      OR acting_role() = 'pk' AND (acting_officer_id() = w.pk_officer_id OR w.id IN (SELECT granted_wearer_ids())));
  IF found_id IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM write_audit('nik.reveal', 'wearer:' || wearer, found_id, NULL, btrim(reason), jsonb_build_object('kind', reveal_nik.kind));
  RETURN found_nik;
END $function$
CREATE OR REPLACE FUNCTION public.review_reason(reason_id bigint, verdict text, note text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  asked audit;
BEGIN
  SELECT a.* INTO asked FROM audit a WHERE a.id = reason_id AND a.action IN ('access.grant', 'nik.reveal', 'person.find')
    AND acting_role() = 'auditor' AND a.unit_path <@ acting_unit();
  IF asked.id IS NULL THEN
    RETURN false;
  END IF;
  INSERT INTO reason_review (audit_id, reviewer_id, verdict, note)
    VALUES (reason_id, acting_officer_id(), review_reason.verdict, nullif(btrim(review_reason.note), '')) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF review_reason.verdict = 'tidak_layak' THEN
    UPDATE access_grant g SET during = tstzrange(lower(g.during), greatest(clock_timestamp(), lower(g.during) + interval '1 microsecond'))
    WHERE g.officer_id = asked.officer_id AND g.wearer_id = asked.wearer_id AND g.during @> clock_timestamp();
  END IF;
  PERFORM write_audit('reason.review', 'audit:' || reason_id, asked.wearer_id, asked.unit_path, NULL,
    jsonb_build_object('verdict', review_reason.verdict));
  RETURN true;
END $function$
CREATE OR REPLACE FUNCTION public.revoke_now()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL AND NOT taking_over(TG_RELID) THEN
    NEW.revoked_at := date_trunc('milliseconds', now());
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.rules_in_sight()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT concat_ws(' ', acting_role(), acting_unit(),
    (SELECT max(u.rules_version) FROM unit u WHERE u.path <@ acting_unit()),
    (SELECT max(upper(c.during)) FROM condition c JOIN wearer w ON w.id = c.wearer_id
      WHERE upper(c.during) > now() - interval '1 hour' AND upper(c.during) <= now() AND w.unit_path <@ acting_unit()),
    '/',
    (SELECT max(upper(p.during)) FROM permit p JOIN wearer w ON w.id = p.wearer_id
      WHERE upper(p.during) > now() - interval '1 hour' AND upper(p.during) <= now() AND w.unit_path <@ acting_unit()))
$function$
CREATE OR REPLACE FUNCTION public.sees_zone(zone_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN EXISTS (SELECT FROM zone z WHERE z.id = sees_zone.zone_id);
END $function$
CREATE OR REPLACE FUNCTION public.set_bracelet_clock()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF acting_officer_id() IS NOT NULL AND acting_role() IS DISTINCT FROM 'admin_ti' THEN
    RAISE EXCEPTION 'clocks are set by Admin TI' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'bracelet_clock';
  END IF;
  NEW.clock_set_at := now();
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.similar_wearers(nik text, name text, birth_date date, OUT id uuid, OUT by text, OUT unit_name text)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT CASE WHEN w.unit_path <@ acting_unit() THEN w.uuid END,
    CASE WHEN w.nik = similar_wearers.nik THEN 'nik' ELSE 'name_birth' END, u.name
  FROM wearer w JOIN unit u ON u.path = w.unit_path
  WHERE acting_role() IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas')
    AND (w.nik = similar_wearers.nik
      OR w.unit_path <@ acting_unit() AND lower(w.name) = lower(similar_wearers.name) AND w.birth_date = similar_wearers.birth_date)
  ORDER BY w.id LIMIT 20
$function$
CREATE OR REPLACE FUNCTION public.standings_of(matter_ids uuid[], OUT body jsonb, OUT standing jsonb)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT DISTINCT ON (i.matter_id) i.body, i.standing FROM incident i
  WHERE acting_officer_id() IS NULL AND i.matter_id = ANY (matter_ids) ORDER BY i.matter_id, i.revision DESC
$function$
CREATE OR REPLACE FUNCTION public.taking_over(relation oid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT coalesce(current_setting('gelang.take_over', true), '') <> ''
    AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = relation), 'USAGE')
$function$
CREATE OR REPLACE FUNCTION public.unit_figures(OUT path text, OUT name text, OUT kind text, OUT klien integer, OUT concerned integer, OUT kritis_open integer, OUT serius_open integer, OUT informasi_open integer, OUT untaken integer, OUT raised_week integer, OUT resolved_week integer, OUT false_week integer)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  WITH people AS MATERIALIZED (
    SELECT w.id, w.unit_path FROM wearer w
    WHERE w.unit_path <@ acting_unit() AND CASE
      WHEN acting_role() IN ('kanwil', 'ditjenpas', 'kepala_bapas', 'kasubsi') THEN true
      WHEN acting_role() IN ('pk', 'asisten_pk') THEN acting_officer_id() IN (w.pk_officer_id, w.asisten_officer_id)
      ELSE false END
  ), counted AS (
    SELECT p.unit_path, count(*) AS klien, 0 AS concerned, 0 AS kritis, 0 AS serius, 0 AS informasi, 0 AS untaken,
        0 AS raised, 0 AS resolved, 0 AS not_true
      FROM people p WHERE EXISTS (SELECT FROM supervision s WHERE s.wearer_id = p.id AND s.during @> now()) GROUP BY p.unit_path
    UNION ALL
    SELECT p.unit_path, 0, count(DISTINCT i.wearer_id), count(*) FILTER (WHERE i.severity = 'kritis'),
        count(*) FILTER (WHERE i.severity = 'serius'), count(*) FILTER (WHERE i.severity = 'informasi'),
        count(*) FILTER (WHERE NOT EXISTS (SELECT FROM officer_act a
          WHERE a.incident_id = i.id AND a.action IN ('acknowledge', 'escalate') AND NOT EXISTS (SELECT FROM officer_act r
            WHERE r.incident_id = i.id AND r.action = 'resolve' AND r.act_id > a.act_id))), 0, 0, 0
      FROM incident i JOIN people p ON p.id = i.wearer_id
      WHERE NOT i.withdrawn AND i.resolved_at IS NULL AND (i.end_at IS NULL OR i.severity <> 'informasi') GROUP BY p.unit_path
    UNION ALL
    SELECT p.unit_path, 0, 0, 0, 0, 0, 0, count(*), count(i.resolved_at),
        count(*) FILTER (WHERE EXISTS (SELECT FROM officer_act a WHERE a.incident_id = i.id AND a.resolution = 'alarm_palsu'))
      FROM incident i JOIN people p ON p.id = i.wearer_id
      WHERE i.start_at > now() - interval '7 days' AND NOT i.withdrawn GROUP BY p.unit_path
  )
  SELECT u.path::text, u.name, u.kind, coalesce(sum(c.klien), 0)::integer, coalesce(sum(c.concerned), 0)::integer,
    coalesce(sum(c.kritis), 0)::integer, coalesce(sum(c.serius), 0)::integer, coalesce(sum(c.informasi), 0)::integer,
    coalesce(sum(c.untaken), 0)::integer, coalesce(sum(c.raised), 0)::integer, coalesce(sum(c.resolved), 0)::integer,
    coalesce(sum(c.not_true), 0)::integer
  FROM unit u LEFT JOIN counted c ON c.unit_path <@ u.path
  WHERE u.path <@ acting_unit()
    AND acting_role() IN ('kanwil', 'ditjenpas', 'kepala_bapas', 'kasubsi', 'pk', 'asisten_pk')
  GROUP BY u.path, u.name, u.kind ORDER BY u.path
$function$
CREATE OR REPLACE FUNCTION public.unit_fits(path ltree, kind text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT nlevel(path) > 1 AND EXISTS (SELECT FROM unit u WHERE u.path = subpath(unit_fits.path, 0, -1)
    AND (u.kind, unit_fits.kind) IN (('ditjenpas', 'kanwil'), ('kanwil', 'bapas'), ('bapas', 'pos')))
$function$
CREATE OR REPLACE FUNCTION public.units_in_sight(OUT path ltree, OUT name text)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT u.path, u.name FROM unit u
  WHERE acting_role() IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas', 'admin_ti')
    AND (u.path <@ acting_unit() OR u.kind = 'bapas' AND u.path @> acting_unit())
$function$
CREATE OR REPLACE FUNCTION public.unknown_alarms_of(wearer_number integer)
 RETURNS text[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT coalesce(array_agg(DISTINCT s.word), '{}') FROM assignment a JOIN alarm_word_seen s ON s.bracelet_id = a.bracelet_id
  WHERE a.wearer_id = wearer_number AND EXISTS (SELECT FROM sight v WHERE v.wearer_id = wearer_number)
$function$
CREATE OR REPLACE FUNCTION public.use_invitation(token text, account text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  found invitation;
BEGIN
  UPDATE invitation i SET used_at = clock_timestamp()
  WHERE i.token_sha256 = token AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.ends_at > clock_timestamp()
    AND EXISTS (SELECT FROM officer o WHERE o.id = i.officer_id AND o.active AND coalesce(o.auth_user_id, account) = account)
    AND EXISTS (SELECT FROM auth."user" u WHERE u.id = account AND u.username = i.username)
    AND NOT EXISTS (SELECT FROM officer o WHERE o.auth_user_id = account AND o.id <> i.officer_id)
  RETURNING * INTO found;
  IF found.id IS NULL THEN
    RETURN false;
  END IF;
  UPDATE officer SET auth_user_id = account WHERE id = found.officer_id AND auth_user_id IS NULL;
  DELETE FROM auth.session WHERE "userId" = account;
  RETURN true;
END $function$
CREATE OR REPLACE FUNCTION public.utc_ms(t timestamp with time zone)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((EXTRACT(epoch FROM t) * (1000)::numeric))::double precision
CREATE OR REPLACE FUNCTION public.wearer_body(shown wearer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT jsonb_strip_nulls(to_jsonb(shown) - '{id,uuid,nik,nik_masked,report_interval_ms,silence_grace_ms,plan_changed_at}'::text[]
    || jsonb_build_object('supervision', (
      SELECT jsonb_build_object('programme', s.programme, 'sk_number', s.sk_number, 'sk_date', s.sk_date, 'sk_issuer', s.sk_issuer,
        'from_ms', utc_ms(lower(s.during)), 'to_ms', utc_ms(upper(s.during)), 'end_kind', s.end_kind)
      FROM supervision s WHERE s.wearer_id = shown.id ORDER BY s.during @> now() DESC, lower(s.during) DESC LIMIT 1)))
$function$
CREATE OR REPLACE FUNCTION public.wearer_to_ask_for(incident_id uuid)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT w.uuid FROM incident i JOIN wearer w ON w.id = i.wearer_id
  WHERE i.id = incident_id AND w.unit_path <@ acting_unit() AND acting_role() IN ('pk', 'asisten_pk', 'kanwil', 'ditjenpas')
$function$
CREATE OR REPLACE FUNCTION public.write_audit(action text, subject text, wearer_id integer, unit_path ltree, reason text, detail jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  last audit;
  added audit;
  as_role text := nullif(current_setting('role'), 'none');
BEGIN
  PERFORM pg_advisory_xact_lock(7102);
  SELECT a.* INTO last FROM audit a ORDER BY a.id DESC LIMIT 1;
  added.id := coalesce(last.id, 0) + 1;
  added.at := clock_timestamp();
  -- A login that has taken another role is named with it.
  added.actor := CASE WHEN as_role IS NULL OR as_role = session_user THEN session_user ELSE as_role || ' (' || session_user || ')' END;
  added.officer_id := acting_officer_id();
  added.unit_path := coalesce((SELECT w.unit_path FROM wearer w WHERE w.id = write_audit.wearer_id), write_audit.unit_path, acting_unit());
  added.action := write_audit.action;
  added.subject := write_audit.subject;
  added.wearer_id := write_audit.wearer_id;
  added.reason := write_audit.reason;
  added.detail := write_audit.detail;
  added.previous_hash := coalesce(last.hash, sha256('gelang audit'::bytea));
  added.hash := audit_hash(added);
  INSERT INTO audit SELECT added.*;
  RETURN added.id;
END $function$

-- grants on tables
gelang_api: DELETE, SELECT on idempotency
gelang_api: INSERT, SELECT on condition
gelang_api: INSERT, SELECT on officer_act
gelang_api: INSERT, SELECT on permit
gelang_api: INSERT, SELECT on zone
gelang_api: SELECT on access_grant
gelang_api: SELECT on alarm_word
gelang_api: SELECT on alarm_word_seen
gelang_api: SELECT on approval_rule
gelang_api: SELECT on assignment
gelang_api: SELECT on audit
gelang_api: SELECT on custody_entry
gelang_api: SELECT on fitting
gelang_api: SELECT on officer
gelang_api: SELECT on proposal
gelang_api: SELECT on reading_alarm
gelang_api: SELECT on reading_limit
gelang_api: SELECT on reason_review
gelang_api: SELECT on recipient
gelang_api: SELECT on rules_version
gelang_api: SELECT on seen_incident
gelang_api: SELECT on seen_revision
gelang_api: SELECT on supervision
gelang_api: SELECT on track
gelang_api: SELECT on unit
gelang_api: SELECT on wearer_version
gelang_audit: SELECT on audit
gelang_audit: SELECT on audit_head
gelang_auth: DELETE, INSERT, SELECT, UPDATE on auth."user"
gelang_auth: DELETE, INSERT, SELECT, UPDATE on auth.account
gelang_auth: DELETE, INSERT, SELECT, UPDATE on auth.session
gelang_auth: DELETE, INSERT, SELECT, UPDATE on auth.sign_in_try
gelang_auth: DELETE, INSERT, SELECT, UPDATE on auth.verification
gelang_record: INSERT on quarantine
gelang_record: INSERT, SELECT on fix
gelang_record: INSERT, SELECT on incident_revision
gelang_record: INSERT, SELECT, UPDATE on alarm_word_seen
gelang_record: INSERT, SELECT, UPDATE on incident
gelang_record: INSERT, SELECT, UPDATE on record_position
gelang_record: SELECT on alarm_word
gelang_record: SELECT on assignment
gelang_record: SELECT on bracelet
gelang_record: SELECT on gateway
gelang_record: SELECT on recipient
gelang_record: SELECT on rules_version

-- grants on columns
gelang_api: INSERT (assignment_id, act, identity, klien_signed, officer_signed, reason) on fitting
gelang_api: INSERT (bracelet_id, wearer_id, during) on assignment
gelang_api: INSERT (device_id, model, unit_path, secret_sha256, id_suffices, settings, protocol, sim_number, sim_ends) on bracelet
gelang_api: INSERT (id, unit_path, name, level, language, sealed_ways) on recipient
gelang_api: INSERT (id, unit_path, secret_sha256) on gateway
gelang_api: INSERT (name, nik, unit_path, pk_officer_id, asisten_officer_id, birth_date, phone, address, guarantor_name, guarantor_phone, sdp_number, domicile, polsek_name, polsek_phone, risk, health, needs) on wearer
gelang_api: INSERT (name, role, unit_path, nip, phone, email) on officer
gelang_api: INSERT (officer_id, key, request_sha256) on idempotency
gelang_api: INSERT (officer_id, username, token_sha256) on invitation
gelang_api: INSERT (path, name, kind, time_zone, address, phone) on unit
gelang_api: INSERT (unit_path, model, protocol, word, meaning, reason) on alarm_word
gelang_api: INSERT (wearer_id, kind, body, author_id) on proposal
gelang_api: INSERT (wearer_id, programme, sk_number, during, made_at, changed_at, sk_date, sk_issuer) on supervision
gelang_api: SELECT (id, device_id, model, unit_path, id_suffices, revoked_at, settings, protocol, requires_tls, networks, custody, sim_number, clock_correction_ms, clock_set_at, sim_ends) on bracelet
gelang_api: SELECT (id, officer_id, username, made_at, ends_at, used_at, revoked_at) on invitation
gelang_api: SELECT (id, revision, type, severity, wearer_id, condition_id, start_at, end_at, withdrawn, resolved_at, unit_path, standing, matter_id) on incident
gelang_api: SELECT (id, unit_path, revoked_at) on gateway
gelang_api: SELECT (id, uuid, name, nik_masked, unit_path, pk_officer_id, asisten_officer_id, report_interval_ms, silence_grace_ms, plan_changed_at, birth_date, phone, address, guarantor_name, guarantor_phone, sdp_number, domicile, polsek_name, polsek_phone, risk, health, needs) on wearer
gelang_api: SELECT (incident_id, revision, wearer_id, unit_path, known_at) on incident_revision
gelang_api: SELECT (received_at, source_id, protocol, reason, detail, device_id, cut) on quarantine
gelang_api: UPDATE (answer) on idempotency
gelang_api: UPDATE (during) on assignment
gelang_api: UPDATE (during, changed_at, cancelled_at, end_author_id, end_approver_id) on condition
gelang_api: UPDATE (during, changed_at, cancelled_at, end_author_id, end_approver_id) on permit
gelang_api: UPDATE (meaning, reason) on alarm_word
gelang_api: UPDATE (name, level, language, sealed_ways, active) on recipient
gelang_api: UPDATE (name, pk_officer_id, asisten_officer_id, birth_date, phone, address, guarantor_name, guarantor_phone, sdp_number, domicile, polsek_name, polsek_phone, risk, health, needs) on wearer
gelang_api: UPDATE (name, role, unit_path, active, nip, phone, email) on officer
gelang_api: UPDATE (name, time_zone, address, phone) on unit
gelang_api: UPDATE (programme, sk_number, during, end_kind, end_reason, ended_by, sk_date, sk_issuer) on supervision
gelang_api: UPDATE (retired_at) on zone
gelang_api: UPDATE (secret_sha256, revoked_at) on gateway
gelang_api: UPDATE (secret_sha256, revoked_at, custody, sim_number, clock_correction_ms, clock_reason, sim_ends) on bracelet
gelang_api: UPDATE (state, decider_id, reason, result_id) on proposal
gelang_record: SELECT (id, hash) on audit
gelang_record: SELECT (id, hash) on audit_head
gelang_record: SELECT (id, name, shape, retired_at) on zone
gelang_record: SELECT (id, unit_path, report_interval_ms, silence_grace_ms, plan_changed_at) on wearer
gelang_record: SELECT (id, wearer_id, during, condition_ids, zone_id, decided_at, legal_basis, changed_at, cancelled_at) on permit
gelang_record: SELECT (id, wearer_id, during, made_at, changed_at) on supervision
gelang_record: SELECT (incident_id, action, at, signs, matter_id) on officer_act
gelang_record: SELECT (path, kind, device_networks) on unit
gelang_record: SELECT (received_at, source_id) on quarantine
gelang_record: SELECT (version_id, id, wearer_id, kind, zone_id, during, time_zone, windows, severity, parameters, legal_basis, made_at, changed_at, cancelled_at) on condition

-- grants on functions
gelang_api: access_history(uuid,bigint,integer)
gelang_api: acting_may(text,text)
gelang_api: acting_officer_id()
gelang_api: acting_role()
gelang_api: acting_unit()
gelang_api: acts_on(uuid[])
gelang_api: acts_to_tell(double precision,integer)
gelang_api: acts_told(bigint[])
gelang_api: audit_failed_sign_in(text,text,jsonb)
gelang_api: audit_map(ltree,jsonb)
gelang_api: audit_reading(text,integer,text,jsonb)
gelang_api: audit_refusal(text,integer,jsonb)
gelang_api: audit_session(text,jsonb)
gelang_api: check_end(text,text,tstzrange,tstzrange,boolean,timestamp with time zone)
gelang_api: check_two_decide(uuid,uuid,integer,boolean,boolean)
gelang_api: clock_proposal(integer)
gelang_api: decision_time(timestamp with time zone)
gelang_api: find_persons(text,text,text)
gelang_api: grant_access(uuid,text,text,double precision)
gelang_api: granted_wearer_ids()
gelang_api: guides_in(uuid,text,ltree)
gelang_api: hand_over_klien(uuid,uuid)
gelang_api: keeps_wearer(integer)
gelang_api: klien_of_officer(uuid)
gelang_api: list_quarantine(text,text,timestamp with time zone,integer)
gelang_api: may_be_fitted(integer)
gelang_api: officer_of_account(text)
gelang_api: open_invitation(text)
gelang_api: open_quarantined(timestamp with time zone,text)
gelang_api: quarantine_in_sight(text)
gelang_api: raise_reading_alarms()
gelang_api: reason_has_content(text)
gelang_api: reason_kinds()
gelang_api: refusals_of(integer)
gelang_api: reveal_nik(uuid,text,text)
gelang_api: review_reason(bigint,text,text)
gelang_api: rules_in_sight()
gelang_api: sees_zone(text)
gelang_api: similar_wearers(text,text,date)
gelang_api: standings_of(uuid[])
gelang_api: taking_over(oid)
gelang_api: unit_figures()
gelang_api: unit_fits(ltree,text)
gelang_api: units_in_sight()
gelang_api: unknown_alarms_of(integer)
gelang_api: use_invitation(text,text)
gelang_api: wearer_to_ask_for(uuid)
gelang_auth: auth.begin_sign_in(text[],integer[],double precision)
gelang_auth: auth.sign_in_not_made(text[])
gelang_auth: auth.sign_in_succeeded(text[])
gelang_record: drop_old(text,timestamp with time zone)
public: during_ms(double precision,double precision)
public: from_ms(double precision)
public: is_span(tstzrange)
public: utc_ms(timestamp with time zone)
