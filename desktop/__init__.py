"""The Proofdesk application: window, canvas, store and command line."""
