-- A membership request can end without a decision: its network closed, or its time passed.
-- A wider one takes its place: no release relied on the narrower.
-- squawk-ignore ban-drop-constraint
ALTER TABLE notification DROP CONSTRAINT notification_kind_check;
ALTER TABLE notification ADD CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
    'membership_request_waits', 'membership_request_decided', 'membership_request_ended', 'action_item_given',
    'expertise_requested', 'expertise_request_decided', 'membership_given', 'membership_review_opened')) NOT VALID;
