-- Tells what the server that has a key says of its replicas.
-- KEYS  any key of the log's
-- Returns the section replication of INFO.
return {redis.call('INFO', 'replication')}
