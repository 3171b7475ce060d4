"""The revision of the schema, and what is made anew from the code at every migration: views and triggers."""

REVISION = "0003"

DERIVED_SINCE = "0003"
"""The last revision with which what is derived from entries changed: in an older library it is derived anew."""

INDEX_COLUMNS = ("key", "title", "authors", "editors", "container", "abstract", "keywords", "tags", "notes", "other")
"""Of names, the authors are in a column of their own; in `editors` are those of all other roles."""

_COLUMNS = ", ".join(INDEX_COLUMNS)

_NEW = ", ".join(f"new.{column}" for column in INDEX_COLUMNS)
_OLD = ", ".join(f"old.{column}" for column in INDEX_COLUMNS)
_INSERT = f"INSERT INTO entry_index(rowid, {_COLUMNS}) VALUES (new.entry_id, {_NEW});"
_DELETE = f"INSERT INTO entry_index(entry_index, rowid, {_COLUMNS}) VALUES ('delete', old.entry_id, {_OLD});"

INDEX = f"""CREATE VIRTUAL TABLE entry_index USING fts5(
        {_COLUMNS},
        content='entry_text', content_rowid='entry_id', tokenize='unicode61 remove_diacritics 0'
    )"""
"""The full-text index. The words are folded before they get there: the tokenizer takes them as they are."""

TRIGGERS = {
    "entry_text_inserted": f"AFTER INSERT ON entry_text BEGIN {_INSERT} END",
    "entry_text_deleted": f"AFTER DELETE ON entry_text BEGIN {_DELETE} END",
    "entry_text_updated": f"AFTER UPDATE ON entry_text BEGIN {_DELETE} {_INSERT} END",
}
"""They keep the full-text index in step with `entry_text`, whoever writes it."""

VIEWS = {
    "entries": """
        SELECT entry.id, entry.key, entry.type, entry.identified, entry.title, entry.opening,
            (SELECT group_concat(shown, '; ') FROM (
                SELECT CASE WHEN literal != '' THEN literal ELSE
                    trim(given || ' ' || trim(prefix || ' ' || family)
                        || CASE suffix WHEN '' THEN '' ELSE ', ' || suffix END) END AS shown
                FROM entry_name WHERE entry_id = entry.id AND role = 'author' ORDER BY position)) AS authors,
            entry.short_names, entry.date, entry.year, entry.container,
            (SELECT group_concat(name, ', ') FROM (
                SELECT tag.name FROM entry_tag JOIN tag ON tag.id = entry_tag.tag_id
                WHERE entry_tag.entry_id = entry.id ORDER BY tag.folded)) AS tags,
            (SELECT count(*) FROM note WHERE note.entry_id = entry.id) AS notes,
            entry.revision, entry.added_at, entry.changed_at, entry.title_key
        FROM entry""",
    "contents": """
        SELECT entry.id AS entry_id, entry.key, entry.type, entry.identified, entry.revision, entry_content.fields
        FROM entry JOIN entry_content ON entry_content.entry_id = entry.id""",
    "fields": """
        SELECT entry.id AS entry_id, entry.key, field.key AS position, json_extract(field.value, '$[0]') AS name,
            json_extract(field.value, '$[1]') AS value, json_extract(field.value, '$[2]') AS expression
        FROM entry JOIN entry_content ON entry_content.entry_id = entry.id, json_each(entry_content.fields) AS field""",
    "names": """
        SELECT entry_id, entry.key, role, position, family, given, prefix, suffix, literal, folded
        FROM entry_name JOIN entry ON entry.id = entry_name.entry_id""",
    "identifiers": """
        SELECT entry_id, entry.key, scheme, value
        FROM entry_identifier JOIN entry ON entry.id = entry_identifier.entry_id""",
    "citation_keys": """
        SELECT key_folded AS folded, key AS citation_key, id AS entry_id, 0 AS is_alias FROM entry
        UNION ALL SELECT key_folded, key, entry_id, 1 FROM alias""",
    "tags": """
        SELECT tag.id, tag.name, tag.folded,
            (SELECT count(*) FROM entry_tag WHERE entry_tag.tag_id = tag.id) AS entries
        FROM tag""",
    "entry_tags": """
        SELECT entry_tag.id, entry.id AS entry_id, entry.key, tag.id AS tag_id, tag.name AS tag, tag.folded,
            entry_tag.added_at
        FROM entry_tag JOIN tag ON tag.id = entry_tag.tag_id JOIN entry ON entry.id = entry_tag.entry_id""",
    "notes": """
        SELECT note.id, entry.id AS entry_id, entry.key, note.text, note.created_at, note.changed_at
        FROM note JOIN entry ON entry.id = note.entry_id""",
    "sources": """
        SELECT source.id, source.name, count(reading.id) AS readings, max(reading.read_at) AS last_read_at
        FROM source LEFT JOIN reading ON reading.source_id = source.id GROUP BY source.id""",
    "readings": """
        SELECT reading.id, source.name AS source, reading.read_at, reading.checksum, reading.size, reading.encoding,
            reading.format, reading.layout, reading.declared
        FROM reading JOIN source ON source.id = reading.source_id""",
    "passages": """
        SELECT passage.id, passage.reading_id, source.name AS source, reading.read_at, passage.position,
            passage.line, passage.kind, coalesce(origin.raw, passage.raw) AS raw, passage.source_key, passage.verdict,
            entry.id AS entry_id, entry.key, passage.entry_revision, passage.stage, passage.score, passage.margin,
            passage.evidence, entry.revision > passage.entry_revision AS edited_since
        FROM passage JOIN reading ON reading.id = passage.reading_id JOIN source ON source.id = reading.source_id
        LEFT JOIN passage AS origin ON origin.id = passage.raw_of
        LEFT JOIN entry ON entry.id = passage.entry_id""",
    "macros": """
        SELECT macro.id, source.name AS source, macro.name, macro.folded, macro.value, macro.expression
        FROM macro JOIN source ON source.id = macro.source_id""",
    "preambles": """
        SELECT preamble.id, source.name AS source, preamble.position, preamble.value, preamble.expression
        FROM preamble JOIN source ON source.id = preamble.source_id""",
    "saved_searches": """
        SELECT id, name, folded, query FROM saved_search""",
    "distinct_works": """
        SELECT distinct_pair.id, entry.id AS entry_id, entry.key, other.id AS other_id, other.key AS other_key
        FROM distinct_pair JOIN entry ON entry.id = distinct_pair.entry_id
        JOIN entry AS other ON other.id = distinct_pair.other_id""",
    "history": """
        SELECT operation.id, operation.made_at, operation.command, operation.summary, operation.undone,
            (SELECT count(*) FROM change WHERE change.operation_id = operation.id) AS changes
        FROM operation""",
}
"""The public reading interface of a library, documented column by column in docs/views.md."""
