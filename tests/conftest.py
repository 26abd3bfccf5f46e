"""Where skips are forbidden (`UPWIND_NO_SKIPS=1`, as in .ci/run), a skipped test is a failed run."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("UPWIND_NO_SKIPS") != "1" or reporter is None or session.exitstatus != pytest.ExitCode.OK:
        return
    skipped = len(reporter.stats.get("skipped", ()))
    if skipped:
        reporter.write_line(f"\n{skipped} skipped, and none may be here (UPWIND_NO_SKIPS=1)", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
