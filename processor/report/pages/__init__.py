"""The pages that staff read: one for the site, one a unit, one a person, one a rejected workbook."""

from processor.report.pages.rejected import asked_page, rejected_page
from processor.report.pages.write import write_pages

__all__ = ["asked_page", "rejected_page", "write_pages"]
