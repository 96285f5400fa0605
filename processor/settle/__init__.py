"""What becomes of decisions before anything is told: answers, pay, funds, adjustments, closed months, ticked reminders."""
