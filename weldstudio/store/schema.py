"""Every table of the store and every change to one, as named steps in their order.

A step is never edited once released; a new one is added. All pending steps and their records commit together. Ids of
photos, joints, collections and contractors are of this store alone; collections, actions and models also have ids that
are valid on every desk.
"""

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x77656C64
"""'weld' in the header of the file, so that the database of another program is not taken for a project."""

migrations = Migrations("weldstudio")


def version() -> int:
    """The version that all steps together make, kept in the database as its `user_version`."""
    return len(migrations._migrations)


@migrations()
def first_tables(db: Database) -> None:
    """Projects, photographs, the scheme, labels and their history, models and what they predict."""
    for statement in _FIRST:
        db.execute(statement)


@migrations()
def decisions_on_joints(db: Database) -> None:
    """Decisions and overrides as events on joints; when a photo came in; joints as news of their own."""
    for statement in _DECISIONS:
        db.execute(statement)


_FIRST = (
    # One row. `active_model` and the scheme's name live here, for there is one of each.
    """CREATE TABLE project (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        uuid TEXT NOT NULL,
        name TEXT NOT NULL,
        created TEXT NOT NULL,
        scheme_name TEXT NOT NULL DEFAULT '',
        active_model TEXT REFERENCES models(id)
    )""",
    "CREATE TABLE collections (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL)",
    # The same collection lies elsewhere on another machine.
    """CREATE TABLE collection_roots (
        collection_id INTEGER NOT NULL REFERENCES collections(id),
        machine TEXT NOT NULL,
        root TEXT NOT NULL,
        PRIMARY KEY (collection_id, machine)
    ) WITHOUT ROWID""",
    "CREATE TABLE contractors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE reject_limits (
        contractor_id INTEGER NOT NULL REFERENCES contractors(id),
        valid_from TEXT NOT NULL,
        points INTEGER NOT NULL CHECK (points > 0),
        PRIMARY KEY (contractor_id, valid_from)
    ) WITHOUT ROWID""",
    # A joint without a reference is that of one photo alone, and goes by the photo's path.
    """CREATE TABLE joints (
        id INTEGER PRIMARY KEY,
        collection_id INTEGER NOT NULL REFERENCES collections(id),
        reference TEXT,
        contractor_id INTEGER REFERENCES contractors(id),
        kind TEXT,
        medium TEXT,
        UNIQUE (collection_id, reference)
    )""",
    "CREATE TABLE equipments (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # `taken` in seconds since 1970 of the camera's own clock, for EXIF knows no zone; `perceptual_hash` signed.
    # `facts` is 1 once the second pass of an import has looked inside the file, whatever it found.
    """CREATE TABLE photos (
        id INTEGER PRIMARY KEY,
        collection_id INTEGER NOT NULL REFERENCES collections(id),
        path TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        joint_id INTEGER NOT NULL REFERENCES joints(id),
        equipment_id INTEGER REFERENCES equipments(id),
        taken INTEGER,
        problem TEXT,
        facts INTEGER NOT NULL DEFAULT 0,
        width INTEGER,
        height INTEGER,
        orientation INTEGER NOT NULL DEFAULT 1,
        content_hash TEXT,
        perceptual_hash INTEGER,
        UNIQUE (collection_id, path)
    )""",
    "CREATE INDEX photos_joint ON photos(joint_id)",
    "CREATE INDEX photos_without_facts ON photos(id) WHERE facts = 0",
    """CREATE TABLE flags (
        slot INTEGER PRIMARY KEY,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        points INTEGER NOT NULL,
        key TEXT NOT NULL,
        colour TEXT NOT NULL,
        description TEXT NOT NULL,
        joint_rule TEXT NOT NULL,
        retired INTEGER NOT NULL
    )""",
    """CREATE TABLE groups (
        name TEXT PRIMARY KEY, position INTEGER NOT NULL, members TEXT NOT NULL, none_name TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE merges (
        slot INTEGER PRIMARY KEY,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        members TEXT NOT NULL,
        key TEXT NOT NULL,
        colour TEXT NOT NULL,
        description TEXT NOT NULL,
        undone INTEGER NOT NULL
    )""",
    # `seq` is the order of writing here and the handle of the events; `id` is the name of the action on every desk.
    # `payload` is JSON: what the scheme or the registry was before and is after. `writer` tells, while an action is
    # incomplete, which process is at it.
    """CREATE TABLE actions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        clock INTEGER NOT NULL,
        who TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        reverts TEXT,
        payload TEXT,
        complete INTEGER NOT NULL,
        writer TEXT NOT NULL
    )""",
    "CREATE INDEX actions_clock ON actions(clock)",
    "CREATE INDEX actions_reverts ON actions(reverts) WHERE reverts IS NOT NULL",
    "CREATE INDEX actions_incomplete ON actions(seq) WHERE complete = 0",
    """CREATE TABLE label_events (
        action_seq INTEGER NOT NULL REFERENCES actions(seq),
        n INTEGER NOT NULL,
        photo_id INTEGER NOT NULL REFERENCES photos(id),
        slot INTEGER NOT NULL,
        old INTEGER NOT NULL,
        new INTEGER NOT NULL,
        source INTEGER NOT NULL,
        model_id TEXT,
        probability REAL,
        PRIMARY KEY (action_seq, n)
    ) WITHOUT ROWID""",
    "CREATE INDEX label_events_photo ON label_events(photo_id, slot)",
    # The fold of the events, kept in the transaction that appends them: one byte per slot, missing ones are unseen.
    """CREATE TABLE label_now (
        photo_id INTEGER PRIMARY KEY REFERENCES photos(id), labels BLOB NOT NULL
    )""",
    """CREATE TABLE models (
        id TEXT PRIMARY KEY, card TEXT NOT NULL, created TEXT NOT NULL, run_id TEXT UNIQUE, adopted REAL NOT NULL
    ) WITHOUT ROWID""",
    # float16 per slot, NaN where the model says nothing.
    """CREATE TABLE predictions (
        model_id TEXT NOT NULL REFERENCES models(id),
        photo_id INTEGER NOT NULL REFERENCES photos(id),
        probabilities BLOB NOT NULL,
        PRIMARY KEY (model_id, photo_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE splits (
        joint_id INTEGER PRIMARY KEY REFERENCES joints(id), split TEXT NOT NULL, seed INTEGER NOT NULL
    )""",
    # What each write touched. Ids as int64 in one blob; `kinds` is a bit set. Old rows are dropped at open.
    """CREATE TABLE changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        photos BLOB,
        labels BLOB,
        predictions BLOB,
        kinds INTEGER NOT NULL,
        actions TEXT NOT NULL
    )""",
)

_DECISIONS = (
    # `added` in seconds since 1970, UTC. Of photos that came in before this was noted, their file's own time.
    "ALTER TABLE photos ADD COLUMN added INTEGER NOT NULL DEFAULT 0",
    "UPDATE photos SET added = mtime_ns / 1000000000",
    # Every scheme that was in force when something was decided, once.
    "CREATE TABLE decided_schemes (digest TEXT PRIMARY KEY, scheme TEXT NOT NULL) WITHOUT ROWID",
    # `kind` is 'decision' or 'override'; `said` is null where what was said is taken back. `origin` is the action that
    # first said it: an event that restores an earlier decision repeats its moment, and its time `at`.
    """CREATE TABLE decisions (
        action_seq INTEGER NOT NULL REFERENCES actions(seq),
        n INTEGER NOT NULL,
        joint_id INTEGER NOT NULL REFERENCES joints(id),
        kind TEXT NOT NULL,
        said TEXT,
        origin INTEGER REFERENCES actions(seq),
        at INTEGER NOT NULL,
        low INTEGER NOT NULL,
        high INTEGER NOT NULL,
        reject_limit INTEGER NOT NULL,
        scheme TEXT REFERENCES decided_schemes(digest),
        reason TEXT NOT NULL,
        PRIMARY KEY (action_seq, n)
    ) WITHOUT ROWID""",
    "CREATE INDEX decisions_joint ON decisions(joint_id, kind)",
    # Which event holds now, kept in the transaction that appends it.
    """CREATE TABLE decided_now (
        joint_id INTEGER NOT NULL REFERENCES joints(id),
        kind TEXT NOT NULL,
        action_seq INTEGER NOT NULL,
        n INTEGER NOT NULL,
        PRIMARY KEY (joint_id, kind)
    ) WITHOUT ROWID""",
    "ALTER TABLE changes ADD COLUMN decisions BLOB",
)


@migrations()
def desks(db: Database) -> None:
    """What the exchange between desks needs: what an event of another desk saw, events that wait, open conflicts."""
    for statement in _DESKS:
        db.execute(statement)


_DESKS = (
    # Ids of actions, parted by blanks; NULL = all events of the label that were in this store before it.
    "ALTER TABLE label_events ADD COLUMN saw TEXT",
    # Events of another desk for a photo or a class that is not here yet, as the bundle names them.
    """CREATE TABLE waiting_events (
        action_seq INTEGER NOT NULL REFERENCES actions(seq),
        n INTEGER NOT NULL,
        collection TEXT NOT NULL,
        path TEXT NOT NULL,
        content_hash TEXT,
        class TEXT NOT NULL,
        old INTEGER NOT NULL,
        new INTEGER NOT NULL,
        source INTEGER NOT NULL,
        model_id TEXT,
        probability REAL,
        saw TEXT NOT NULL,
        PRIMARY KEY (action_seq, n)
    ) WITHOUT ROWID""",
    # By it photos are found that lie in another collection at another desk.
    "CREATE INDEX photos_content ON photos(content_hash) WHERE content_hash IS NOT NULL",
    """CREATE TABLE conflicts (
        photo_id INTEGER NOT NULL REFERENCES photos(id), slot INTEGER NOT NULL, PRIMARY KEY (photo_id, slot)
    ) WITHOUT ROWID""",
)


@migrations()
def notes(db: Database) -> None:
    """Notes on photos and joints."""
    for statement in _NOTES:
        db.execute(statement)


_NOTES = (
    # `about` is 'photo' or 'joint', `subject` its id.
    """CREATE TABLE note_events (
        action_seq INTEGER NOT NULL REFERENCES actions(seq),
        n INTEGER NOT NULL,
        about TEXT NOT NULL,
        subject INTEGER NOT NULL,
        old TEXT NOT NULL,
        new TEXT NOT NULL,
        PRIMARY KEY (action_seq, n)
    ) WITHOUT ROWID""",
    "CREATE INDEX note_events_subject ON note_events(about, subject)",
    # The last event of each, kept in the transaction that appends it.
    """CREATE TABLE notes_now (
        about TEXT NOT NULL, subject INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (about, subject)
    ) WITHOUT ROWID""",
)


@migrations()
def words_between_desks(db: Database) -> None:
    """What the exchange of notes and decisions between desks needs."""
    for statement in _WORDS_BETWEEN_DESKS:
        db.execute(statement)


_WORDS_BETWEEN_DESKS = (
    # As in `label_events`.
    "ALTER TABLE decisions ADD COLUMN saw TEXT",
    # Notes and decisions of another desk for a photo or joint that is not here yet, as JSON like in a bundle.
    """CREATE TABLE waiting_words (
        action_seq INTEGER NOT NULL REFERENCES actions(seq),
        what TEXT NOT NULL,
        n INTEGER NOT NULL,
        word TEXT NOT NULL,
        PRIMARY KEY (action_seq, what, n)
    ) WITHOUT ROWID""",
    """CREATE TABLE decision_conflicts (
        joint_id INTEGER NOT NULL REFERENCES joints(id), kind TEXT NOT NULL, PRIMARY KEY (joint_id, kind)
    ) WITHOUT ROWID""",
)


@migrations()
def folders_scanned_again(db: Database) -> None:
    """How photos that come later are taken in, which folders are watched, files that are other ones now."""
    for statement in _SCANNED_AGAIN:
        db.execute(statement)


_SCANNED_AGAIN = (
    # What was said of a whole collection when it was imported, as JSON: it holds for photos that come later.
    "ALTER TABLE collections ADD COLUMN told TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE collection_roots ADD COLUMN watched INTEGER NOT NULL DEFAULT 0",
    # Labelled photos whose file has another content since. `after_seq` is the last action before that was seen: a label
    # that a person gave later has seen the new file.
    "CREATE TABLE altered (photo_id INTEGER PRIMARY KEY REFERENCES photos(id), after_seq INTEGER NOT NULL, was TEXT)",
)


@migrations()
def examples_of_flags(db: Database) -> None:
    """Photos that show what a flag means, as JSON: (content hash, whether it only looks like the flag, path)."""
    db.execute("ALTER TABLE flags ADD COLUMN examples TEXT NOT NULL DEFAULT '[]'")


@migrations()
def points_of_merges(db: Database) -> None:
    """By which rule a merge has its points."""
    for statement in _POINTS_OF_MERGES:
        db.execute(statement)


_POINTS_OF_MERGES = ("ALTER TABLE merges ADD COLUMN penalty TEXT NOT NULL DEFAULT 'maximum'",)


@migrations()
def level_of_verdicts(db: Database) -> None:
    """Whether verdicts count merges, their flags, or both."""
    db.execute("ALTER TABLE project ADD COLUMN verdict_level TEXT NOT NULL DEFAULT 'merges'")


@migrations()
def reviews(db: Database) -> None:
    """Reviewed and returned photos, second looks, audit samples, what was settled between reviewers."""
    for statement in _REVIEWS:
        db.execute(statement)


_REVIEWS = (
    # What the texts mean, `studio` knows; see `store.reviews`.
    """CREATE TABLE review_events (
        action_seq INTEGER NOT NULL REFERENCES actions(seq),
        n INTEGER NOT NULL,
        about TEXT NOT NULL,
        photo_id INTEGER NOT NULL REFERENCES photos(id),
        detail TEXT NOT NULL,
        old TEXT NOT NULL,
        new TEXT NOT NULL,
        PRIMARY KEY (action_seq, n)
    ) WITHOUT ROWID""",
    "CREATE INDEX review_events_photo ON review_events(photo_id, about)",
    # The last event of each, kept in the transaction that appends it.
    """CREATE TABLE reviews_now (
        about TEXT NOT NULL,
        photo_id INTEGER NOT NULL REFERENCES photos(id),
        detail TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (about, photo_id, detail)
    ) WITHOUT ROWID""",
    "ALTER TABLE changes ADD COLUMN reviews BLOB",
)


@migrations()
def saved_views(db: Database) -> None:
    """Filters with an order, kept under a name."""
    db.execute(_VIEWS)


# Classes stand in `filter` by their slot; see `studio.views`.
_VIEWS = """CREATE TABLE views (
    id INTEGER PRIMARY KEY,
    gone INTEGER NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    filter TEXT NOT NULL,
    sort TEXT NOT NULL,
    slot INTEGER NOT NULL,
    descending INTEGER NOT NULL,
    seed INTEGER NOT NULL
)"""


@migrations()
def run_marks(db: Database) -> None:
    """What people noted of training runs."""
    db.execute("CREATE TABLE run_marks (run_id TEXT PRIMARY KEY, star INT, note TEXT, gone INT) WITHOUT ROWID")


@migrations()
def packed_columns(db: Database) -> None:
    """Which file of packed columns holds for this store; see `store.packed`."""
    db.execute("ALTER TABLE project ADD COLUMN packed TEXT NOT NULL DEFAULT ''")
