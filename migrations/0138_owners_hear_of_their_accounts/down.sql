DELETE FROM delivery WHERE object_id IN (SELECT id FROM notification WHERE kind IN ('service_account_changed', 'service_account_expires'));
DELETE FROM notification WHERE kind IN ('service_account_changed', 'service_account_expires');
ALTER TABLE notification DROP CONSTRAINT notification_kind_check;
ALTER TABLE notification ADD CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
    'membership_request_waits', 'membership_request_decided', 'membership_request_ended', 'membership_request_expires',
    'action_item_given', 'action_item_due', 'action_item_overdue', 'expertise_requested', 'expertise_request_decided',
    'membership_given', 'membership_review_opened', 'membership_review_due', 'invitation_expired'));
