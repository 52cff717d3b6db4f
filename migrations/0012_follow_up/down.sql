DROP TABLE action_item, decision, follow_up_comment, follow_up;
