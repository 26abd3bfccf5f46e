-- known_compounds --
UPDATE site SET compounds = coalesce(
    CAST(feature AS jsonb) #>> '{properties,compounds}', CAST(feature AS jsonb) #>> '{properties,gas}', ''
)
WHERE feature IS NOT NULL
