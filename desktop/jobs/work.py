"""All kinds of work, for the window and the command line; no Qt."""

from __future__ import annotations

from desktop.jobs.course import Course, Outcome, Step, Work, run
from desktop.jobs.exporting import StoredPicture, export_project
from desktop.jobs.freezing import Freezing, freeze
from desktop.jobs.imported import EMPTY_FOLDER, Imported
from desktop.jobs.importing import ImportDataset, ImportFiles, ReadPages
from desktop.jobs.passwords import Passwords
from desktop.jobs.predicting import Prelabel, RecognizeRegion
from desktop.jobs.restoring import RestoreProject, import_dataset, unfinished_datasets
from desktop.jobs.target import ProjectTarget, StoreTarget
from desktop.jobs.waiting import foreign, forget_all

__all__ = [
    "EMPTY_FOLDER",
    "Course",
    "Freezing",
    "ImportDataset",
    "ImportFiles",
    "Imported",
    "Outcome",
    "Passwords",
    "Prelabel",
    "ProjectTarget",
    "ReadPages",
    "RecognizeRegion",
    "RestoreProject",
    "Step",
    "StoreTarget",
    "StoredPicture",
    "Work",
    "export_project",
    "foreign",
    "forget_all",
    "freeze",
    "import_dataset",
    "run",
    "unfinished_datasets",
]
