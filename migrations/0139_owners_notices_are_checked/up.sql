-- Every row that stood before is held against the wider list.
ALTER TABLE notification VALIDATE CONSTRAINT notification_kind_check;
