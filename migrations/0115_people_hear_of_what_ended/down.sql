DELETE FROM notification WHERE kind = 'membership_request_ended';
ALTER TABLE notification DROP CONSTRAINT notification_kind_check;
ALTER TABLE notification ADD CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
    'membership_request_waits', 'membership_request_decided', 'action_item_given',
    'expertise_requested', 'expertise_request_decided', 'membership_given', 'membership_review_opened'));
