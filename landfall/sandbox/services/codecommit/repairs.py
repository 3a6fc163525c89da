"""CodeCommit: dates that are numbers (CodeCommit API Reference, RepositoryMetadata)."""

from __future__ import annotations

import time

from moto.codecommit import models

models.iso_8601_datetime_with_milliseconds = time.time
