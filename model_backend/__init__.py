"""Documents, data formats, models and metrics: everything Proofdesk does without a window."""
