"""Every report, by name: what is not here is not answered, and what is here is tested."""

from reports import breakdown, catalogue, errors, retention, sessions, summary, timeseries, together, tools, versions
from reports.report import Report

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        summary.REPORT,
        tools.REPORT,
        retention.REPORT,
        errors.REPORT,
        timeseries.REPORT,
        breakdown.REPORT,
        versions.REPORT,
        sessions.REPORT,
        together.REPORT,
        catalogue.REPORT,
    )
}
