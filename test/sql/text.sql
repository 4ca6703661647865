-- versions that a DBA compares
SELECT omni.canon_version();
SELECT omni.library_version() = (SELECT extversion FROM pg_extension WHERE extname = 'omni') AS library_is_extension;
