-- Bracelets may speak by IW, Watch, Teltonika and H02 too.
ALTER TABLE bracelet
  DROP CONSTRAINT bracelet_protocol_check,
  ADD CONSTRAINT bracelet_protocol_check CHECK (protocol IN
    ('own', 'gateway', 'osmand', 'megastek', 'gt06', 'owntracks', 'jt808', 'laipac', 'r16h', 'xexun3', 'iw', 'watch', 'teltonika',
     'h02'));
