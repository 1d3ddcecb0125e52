# SPDX-License-Identifier: Apache-2.0
"""Pictures of the documentation: pipelines from the Verilog, the rest from the specification."""

from tritproof.tools.pictures.draw import draw_format, draw_pipeline, draw_schedule
from tritproof.tools.pictures.pipeline import pipeline_of

__all__ = ["draw_format", "draw_pipeline", "draw_schedule", "pipeline_of"]
