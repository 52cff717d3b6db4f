INSERT INTO external_id (noun, source_id, value, object_id)
SELECT 'persona', s.id, p.code, pg_temp.id(48, p.number) FROM person p, source s WHERE p.code IS NOT NULL AND s.code = 'demo'
UNION ALL SELECT 'persona', s.id, 'bot-mi', pg_temp.id(80, 2) FROM source s WHERE s.code = 'demo';
DROP TABLE ministry_names, dicom_names, person, place, sitting, leaver, mastered, joined;
