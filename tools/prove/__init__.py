# SPDX-License-Identifier: Apache-2.0
"""The proof runner: from a converted block and its property files to one evidence row per task."""
