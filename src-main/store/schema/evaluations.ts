/** Steps about evaluations: their settings, and their details apart from the list. */
export const evaluations: readonly string[] = [
  `
  -- Settings as JSON; what is left out stands at its protocol's default.
  ALTER TABLE evaluations ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
  UPDATE evaluations SET settings = json_object('clips', clips);
  ALTER TABLE evaluations DROP COLUMN clips;
  -- What evaluations of several split lists share.
  ALTER TABLE evaluations ADD COLUMN split_group TEXT;

  -- Confusion and accuracy by class as JSON: the list does without. Triples of true class, predicted
  -- class and count take the place of a matrix.
  ALTER TABLE evaluations ADD COLUMN detail TEXT;
  UPDATE evaluations SET detail = json_object(
    'confusion', json((
      SELECT json_group_array(
        CASE part WHEN 0 THEN truth.key WHEN 1 THEN answer.key ELSE answer.value END
        ORDER BY truth.key, answer.key, part)
      FROM json_each(evaluations.result, '$.confusion') AS truth, json_each(truth.value) AS answer,
        (SELECT 0 AS part UNION ALL SELECT 1 UNION ALL SELECT 2)
      WHERE answer.value > 0)),
    'perClass', json((
      SELECT json_group_array(json_object(
        'videos', (SELECT coalesce(sum(value), 0) FROM json_each(truth.value)),
        'correct', json_extract(truth.value, '$[' || truth.key || ']'))
        ORDER BY truth.key)
      FROM json_each(evaluations.result, '$.confusion') AS truth)))
    WHERE result IS NOT NULL;
  UPDATE evaluations SET result = json_remove(result, '$.confusion') WHERE result IS NOT NULL;
  `,
]
