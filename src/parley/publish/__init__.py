"""Publication: the daily report as data and as a page, and the totals for a terminal. Bytes depend on findings only.

report = compose(findings, day, masthead)
later = report.model_copy(update={"edition": next_edition(replaces, before, report)})
json_bytes, html_bytes = as_json(report), as_html(report)
"""

from parley.publish import answers, waiting
from parley.publish.changes import contents, next_edition, what_changed
from parley.publish.compose import compose, days
from parley.publish.daily import DailyReport, Masthead, as_json
from parley.publish.edition import Change, Edition, Replaced
from parley.publish.late import late_reports
from parley.publish.page import as_html
from parley.publish.summary import AgreementTotals, Summary, summary

__all__ = [
    "AgreementTotals",
    "Change",
    "DailyReport",
    "Edition",
    "Masthead",
    "Replaced",
    "Summary",
    "answers",
    "as_html",
    "as_json",
    "compose",
    "contents",
    "days",
    "late_reports",
    "next_edition",
    "summary",
    "waiting",
    "what_changed",
]
