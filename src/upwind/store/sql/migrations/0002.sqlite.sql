-- known_compounds --
UPDATE site SET compounds = coalesce(
    json_extract(feature, '$.properties.compounds'), json_extract(feature, '$.properties.gas'), ''
)
WHERE feature IS NOT NULL
