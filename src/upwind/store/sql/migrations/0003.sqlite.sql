-- passage_words --
CREATE VIRTUAL TABLE passage_words USING fts5 (words, content = 'passage', content_rowid = 'number', tokenize = 'ascii')

-- passage_came --
CREATE TRIGGER passage_came AFTER INSERT ON passage BEGIN
    INSERT INTO passage_words (rowid, words) VALUES (new.number, new.words);
END

-- passage_changed --
CREATE TRIGGER passage_changed AFTER UPDATE OF words ON passage BEGIN
    INSERT INTO passage_words (passage_words, rowid, words) VALUES ('delete', old.number, old.words);
    INSERT INTO passage_words (rowid, words) VALUES (new.number, new.words);
END

-- passage_gone --
CREATE TRIGGER passage_gone AFTER DELETE ON passage BEGIN
    INSERT INTO passage_words (passage_words, rowid, words) VALUES ('delete', old.number, old.words);
END
