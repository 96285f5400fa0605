"""The whole way of a batch: receive, keep, decide, report, publish."""
