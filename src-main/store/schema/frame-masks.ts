/** Steps about masks by frame, which a clip may have beside its one mask. */
export const frameMasks: readonly string[] = [
  `
  -- As src-shared/masks/frame-masks.ts packs them; null where no frame has a mask of its own.
  ALTER TABLE masks ADD COLUMN by_frame BLOB;
  ALTER TABLE mask_edits ADD COLUMN by_frame_change BLOB;

  -- As before, with masks by frame.
  DROP TRIGGER turn_masks;
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
      by_frame_change = turn_frames(by_frame_change, ifnull(after ->> 'width', before ->> 'width'),
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
      by_frame = turn_frames(by_frame, width, height,
        old.mirrored, old.rotation, new.mirrored, new.rotation),
      width = iif((ifnull(old.rotation, 0) + ifnull(new.rotation, 0)) % 180, height, width),
      height = iif((ifnull(old.rotation, 0) + ifnull(new.rotation, 0)) % 180, width, height),
      revision = revision + 1
      WHERE video_id = new.id;
  END;
  `,
]
