"""The views in centre.db: what is looked up often, "as of entry N". All can be dropped and rebuilt from the record.

Rows are keyed by the record's own numbers, never by a counter of the database, so that a rebuild gives the same rows.
"""

from django.db import models


class AsOf(models.Model):
    """One row: how many entries of the record the views show, whose views they are, and which derivation made them.

    `size` is how many the findings go up to: publications, and what the record says of itself, may follow.
    """

    entries = models.PositiveBigIntegerField(primary_key=True)
    size = models.PositiveBigIntegerField()
    reader = models.TextField()
    derivation = models.TextField()


class InputView(models.Model):
    """An input; `card` has all that is known of it."""

    entry = models.PositiveBigIntegerField(primary_key=True)
    name = models.TextField()
    channel = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    reports = models.PositiveIntegerField()
    problems = models.JSONField()
    card = models.JSONField()


class ReportView(models.Model):
    """`waits`: why the report waits for a person, None where it does not; `waits_beside`: what it would correct.

    `name` is what its source calls it, folded; `first` and `last` are the local days that it concerns, None where it
    does not say; `holds`: whether it holds.
    """

    entry = models.PositiveBigIntegerField(primary_key=True)
    kind = models.TextField()
    source = models.TextField()
    channel = models.TextField()
    reference = models.TextField(blank=True)
    name = models.TextField(blank=True, db_index=True)
    digest = models.CharField(max_length=64, db_index=True)
    line = models.PositiveIntegerField()
    flags = models.JSONField()
    late = models.TextField(blank=True)  # when it was received (RFC 3339, UTC), where that was after the cut-off
    waits = models.JSONField(null=True)
    waits_beside = models.PositiveBigIntegerField(null=True)
    warnings = models.JSONField(default=list)
    input = models.PositiveBigIntegerField(null=True)
    first = models.DateField(null=True, db_index=True)
    last = models.DateField(null=True)
    holds = models.BooleanField()


class IncidentView(models.Model):
    """An incident; `claimed` has what its accounts claim that it is looked for by (see `views.claimed`).

    `entry` is that of its first report; `first` and `last` are the local days on which it began and ended. `incident`
    is all of it, as JSON.
    """

    id = models.TextField(primary_key=True)
    entry = models.PositiveBigIntegerField(db_index=True)
    first = models.DateField(db_index=True)
    last = models.DateField(db_index=True)
    start = models.DateTimeField(db_index=True)
    end = models.DateTimeField()
    place = models.TextField()
    lat = models.FloatField()
    lon = models.FloatField()
    radius_m = models.PositiveIntegerField()
    entries = models.JSONField()
    sources = models.JSONField()
    states = models.JSONField()
    claimed = models.JSONField()
    incident = models.TextField()


class MemberView(models.Model):
    """A report of an incident, by its entry; `wider`: it tells of others besides."""

    id = models.TextField(primary_key=True)
    entry = models.PositiveBigIntegerField(db_index=True)
    incident = models.TextField(db_index=True)
    wider = models.BooleanField()


class DoublesView(models.Model):
    """Reports of one source that say the same, and wait for people; `entry` is that of the first."""

    entry = models.PositiveBigIntegerField(primary_key=True)
    doubles = models.JSONField()


class DoubtView(models.Model):
    """A report that fits two incidents equally, and stands alone in one of its own; what decides most has the first."""

    entry = models.PositiveBigIntegerField(primary_key=True)
    hanging = models.PositiveIntegerField()
    incident_id = models.TextField(db_index=True)
    doubt = models.JSONField()


class CrowdView(models.Model):
    """Reports of which not all pairs were compared; `entry` is the smallest of them."""

    entry = models.PositiveBigIntegerField(primary_key=True)
    crowd = models.JSONField()


class AgreementView(models.Model):
    """An agreement that is applied, or why it could not be; `parties` is the name of each party by its id.

    `versions` are those of its card, each without its clauses and parties; `place` is its place among all.
    """

    agreement = models.TextField(primary_key=True)
    place = models.PositiveIntegerField()
    title = models.TextField()
    fault = models.TextField(blank=True)
    parties = models.JSONField()
    versions = models.JSONField(default=list)


class AssessmentView(models.Model):
    """One incident against one agreement: for each clause what `views.brief` says of it.

    `entry` is that of the incident's first report, `place` that of the agreement among all.
    """

    id = models.TextField(primary_key=True)
    incident_id = models.TextField(db_index=True)
    entry = models.PositiveBigIntegerField(db_index=True)
    place = models.PositiveIntegerField()
    agreement = models.TextField()
    clauses = models.JSONField()


class TallyView(models.Model):
    id = models.TextField(primary_key=True)
    left_entry = models.PositiveBigIntegerField(db_index=True)
    right_entry = models.PositiveBigIntegerField(db_index=True)
    first_day = models.DateField()
    day = models.DateField(db_index=True)
    tally = models.JSONField()


class SeriesView(models.Model):
    """What a bulletin shows beside another of its publisher, by the later one's entry; `place` counts those of it."""

    id = models.TextField(primary_key=True)
    later_entry = models.PositiveBigIntegerField(db_index=True)
    place = models.PositiveIntegerField()
    series = models.JSONField()


class UnreadView(models.Model):
    """A statement that cannot be read."""

    entry = models.PositiveBigIntegerField(primary_key=True)
    unread = models.JSONField()


class PastView(models.Model):
    """What an incident leaves to later ones under an agreement; see `Past`."""

    id = models.TextField(primary_key=True)
    agreement = models.TextField()
    incident = models.TextField(db_index=True)
    start = models.DateTimeField(db_index=True)
    past = models.TextField()


class ProposalView(models.Model):
    """A statement proposed from the article at entry `article`; `state` is what people decided on it so far.

    `entry` and `number` name it; `entry` is that of a model's answer where `made_by` names a model.
    """

    id = models.TextField(primary_key=True)
    article = models.PositiveBigIntegerField(db_index=True)
    made_by = models.TextField()
    state = models.TextField()
    entry = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField()
    holder = models.TextField()
    act = models.TextField()
    evidence = models.TextField()
    reviewers_needed = models.PositiveSmallIntegerField()


class PublicationView(models.Model):
    """A published file; `stale` where it is of its day's newest edition, and newer findings would change that."""

    entry = models.PositiveBigIntegerField(primary_key=True)
    name = models.TextField()
    day = models.DateField()
    edition = models.PositiveIntegerField()
    as_of = models.PositiveBigIntegerField()
    contents = models.CharField(max_length=64)
    stale = models.BooleanField()
    digest = models.CharField(max_length=64)


VIEWS: tuple[type[models.Model], ...] = (
    AsOf,
    InputView,
    ReportView,
    IncidentView,
    MemberView,
    DoublesView,
    DoubtView,
    CrowdView,
    AgreementView,
    AssessmentView,
    TallyView,
    SeriesView,
    UnreadView,
    PastView,
    ProposalView,
    PublicationView,
)
