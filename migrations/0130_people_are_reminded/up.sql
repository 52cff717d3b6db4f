-- People are reminded of what falls due: a task for each due date, notifications of their own, and an e-mail to whom an invitation
-- is about to expire for.
-- Wider ones take their places: no release relied on the narrower.
-- squawk-ignore ban-drop-constraint
ALTER TABLE task DROP CONSTRAINT task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check
    CHECK (kind IN ('send', 'publish_indicators', 'end_request', 'remind')) NOT VALID;
-- squawk-ignore ban-drop-constraint
ALTER TABLE notification DROP CONSTRAINT notification_kind_check;
ALTER TABLE notification ADD CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
    'membership_request_waits', 'membership_request_decided', 'membership_request_ended', 'membership_request_expires',
    'action_item_given', 'action_item_due', 'action_item_overdue', 'expertise_requested', 'expertise_request_decided',
    'membership_given', 'membership_review_opened', 'membership_review_due', 'invitation_expired')) NOT VALID;
-- squawk-ignore ban-drop-constraint
ALTER TABLE delivery DROP CONSTRAINT delivery_kind_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_kind_check
    CHECK (kind IN ('invitation', 'invitation_reminder', 'notification', 'digest')) NOT VALID;
