/** Steps about how the pictures of videos are read: their orientation and their colours. */
export const pictures: readonly string[] = [
  `
  -- Null where pictures are converted as BT.601 with the range of their pixel format.
  ALTER TABLE videos ADD COLUMN colours TEXT;
  -- Which rules a row was read by. The next indexing reads the file again where they are older ones.
  ALTER TABLE videos ADD COLUMN reading INTEGER NOT NULL DEFAULT 1;

  -- Until now, sizes and masks were those of the stored pictures. From here on they are those of the
  -- pictures as they are shown, and masks follow whenever a video turns out to be shown otherwise.
  ALTER TABLE videos RENAME COLUMN rotation TO stored_rotation;
  ALTER TABLE videos ADD COLUMN rotation INTEGER;
  ALTER TABLE videos ADD COLUMN mirrored INTEGER;
  CREATE TRIGGER turn_masks AFTER UPDATE OF rotation, mirrored ON videos
    WHEN ifnull(old.rotation, 0) <> ifnull(new.rotation, 0)
      OR ifnull(old.mirrored, 0) <> ifnull(new.mirrored, 0)
  BEGIN
    UPDATE mask_edits SET
      change = turn_mask(change, ifnull(after ->> 'width', before ->> 'width'),
        ifnull(after ->> 'height', before ->> 'height'),
        old.mirrored, old.rotation, new.mirrored, new.rotation),
      fame_change = turn_mask(fame_change, ifnull(after ->> 'width', before ->> 'width'),
        ifnull(after ->> 'height', before ->> 'height'),
        old.mirrored, old.rotation, new.mirrored, new.rotation),
      before = CASE
        WHEN before ->> 'width' IS NULL THEN before
        WHEN (ifnull(old.rotation, 0) + ifnull(new.rotation, 0)) % 180 = 0 THEN before
        ELSE json_set(before, '$.width', before ->> 'height', '$.height', before ->> 'width')
      END,
      after = CASE
        WHEN after ->> 'width' IS NULL THEN after
        WHEN (ifnull(old.rotation, 0) + ifnull(new.rotation, 0)) % 180 = 0 THEN after
        ELSE json_set(after, '$.width', after ->> 'height', '$.height', after ->> 'width')
      END
      WHERE mask_id IN (SELECT id FROM masks WHERE video_id = new.id);
    UPDATE masks SET
      fame = turn_mask(fame, width, height,
        old.mirrored, old.rotation, new.mirrored, new.rotation),
      mask = turn_mask(mask, width, height,
        old.mirrored, old.rotation, new.mirrored, new.rotation),
      width = iif((ifnull(old.rotation, 0) + ifnull(new.rotation, 0)) % 180, height, width),
      height = iif((ifnull(old.rotation, 0) + ifnull(new.rotation, 0)) % 180, width, height),
      revision = revision + 1
      WHERE video_id = new.id;
  END;
  UPDATE videos SET rotation = iif(stored_rotation IN (90, 180, 270), stored_rotation, 0),
    width = iif(stored_rotation IN (90, 270), height, width),
    height = iif(stored_rotation IN (90, 270), width, height)
    WHERE stored_rotation IS NOT NULL;
  ALTER TABLE videos DROP COLUMN stored_rotation;

  -- Scores that a survey made of other pixels are made again. Nothing is left of a window that
  -- carries nothing else.
  CREATE TRIGGER forget_scores AFTER UPDATE OF reading ON videos
    WHEN old.reading <> new.reading
      AND (new.colours IS NOT NULL OR ifnull(new.rotation, 0) <> 0 OR ifnull(new.mirrored, 0) <> 0)
  BEGIN
    DELETE FROM mask_queue WHERE video_id = new.id AND changed_at IS NULL;
    UPDATE mask_queue SET stability = NULL, area = NULL, agreement = NULL, priority = NULL
      WHERE video_id = new.id;
  END;
  `,
]
