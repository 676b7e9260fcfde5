"""What somebody should look at in a report before building on it: derived anew each time, never recorded."""

from parley.model.coded import Coded


class ReportWarning(Coded):
    """Something in a report that is perhaps a slip."""

    section = "warnings"
