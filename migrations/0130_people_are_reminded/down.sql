DELETE FROM task WHERE kind = 'remind';
ALTER TABLE task DROP CONSTRAINT task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check CHECK (kind IN ('send', 'publish_indicators', 'end_request'));
DELETE FROM delivery d USING notification n WHERE d.object_id = n.id AND n.kind IN ('membership_request_expires',
    'action_item_due', 'action_item_overdue', 'membership_review_due', 'invitation_expired');
DELETE FROM notification WHERE kind IN ('membership_request_expires', 'action_item_due', 'action_item_overdue',
    'membership_review_due', 'invitation_expired');
ALTER TABLE notification DROP CONSTRAINT notification_kind_check;
ALTER TABLE notification ADD CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
    'membership_request_waits', 'membership_request_decided', 'membership_request_ended', 'action_item_given',
    'expertise_requested', 'expertise_request_decided', 'membership_given', 'membership_review_opened'));
DELETE FROM delivery WHERE kind = 'invitation_reminder';
ALTER TABLE delivery DROP CONSTRAINT delivery_kind_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_kind_check CHECK (kind IN ('invitation', 'notification', 'digest'));
