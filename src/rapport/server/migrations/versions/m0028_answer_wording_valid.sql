-- outside a transaction

ALTER TABLE assistant_answers VALIDATE CONSTRAINT ck_assistant_answers_wording_known;
