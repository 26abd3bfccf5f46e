-- passage_words --
CREATE INDEX passage_words ON passage USING gin (array_to_tsvector(string_to_array(words, ' ')))
