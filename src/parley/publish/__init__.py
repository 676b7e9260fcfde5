"""Publication: the daily report as data and as a page, and the totals for a terminal. Bytes depend on findings only.

report = compose(findings, day, masthead)
json_bytes, html_bytes = as_json(report), as_html(report)
"""

from parley.publish import answers, waiting
from parley.publish.compose import compose, days
from parley.publish.daily import DailyReport, Masthead, as_json
from parley.publish.page import as_html
from parley.publish.summary import AgreementTotals, Summary, summary

__all__ = [
    "AgreementTotals",
    "DailyReport",
    "Masthead",
    "Summary",
    "answers",
    "as_html",
    "as_json",
    "compose",
    "days",
    "summary",
    "waiting",
]
