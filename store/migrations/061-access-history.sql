-- Who opened the data of a klien: for the auditor, and for the Kepala of the Bapas, who answers the klien's question.
CREATE FUNCTION access_history(wearer uuid, before bigint, count_max integer, OUT id bigint, OUT at timestamptz, OUT officer_name text,
  OUT officer_role text, OUT unit_name text, OUT action text, OUT reason text)
  RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.id, a.at, o.name, o.role, u.name, a.action, a.reason
  FROM wearer w JOIN audit a ON a.wearer_id = w.id
    LEFT JOIN officer o ON o.id = a.officer_id LEFT JOIN unit u ON u.path = o.unit_path
  WHERE w.uuid = access_history.wearer AND w.unit_path <@ acting_unit() AND acting_role() IN ('auditor', 'kepala_bapas')
    AND (a.action LIKE '%.read' OR a.action IN ('access.grant', 'nik.reveal'))
    AND (access_history.before IS NULL OR a.id < access_history.before)
  ORDER BY a.id DESC LIMIT least(count_max, 500)
$$;
GRANT EXECUTE ON FUNCTION access_history TO gelang_api;
