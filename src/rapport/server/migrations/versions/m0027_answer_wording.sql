-- Whose words an answer is in: the article's own, or those of a language model. What was before is not known.

ALTER TABLE assistant_answers ADD COLUMN wording TEXT;
ALTER TABLE assistant_answers ADD COLUMN model TEXT;
ALTER TABLE assistant_answers ADD CONSTRAINT ck_assistant_answers_wording_known CHECK (wording IN ('embedded', 'configured')) NOT VALID;
