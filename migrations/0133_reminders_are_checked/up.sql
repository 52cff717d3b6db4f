-- Every row that stood before is held against the wider lists.
ALTER TABLE task VALIDATE CONSTRAINT task_kind_check;
ALTER TABLE notification VALIDATE CONSTRAINT notification_kind_check;
ALTER TABLE delivery VALIDATE CONSTRAINT delivery_kind_check;
