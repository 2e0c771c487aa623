"""The public function: a folder of images and a CSV of labels become a dataset."""

# So that `help` shows the names of types, such as `LabelMode`, rather than their parts.
from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import pandas as pd

from keras_csv_dataset import _arguments as arguments
from keras_csv_dataset._announcements import (
    ProgressBar,
    found,
    keeping,
    say,
    turning,
    unaligned,
    using,
    weighing,
)
from keras_csv_dataset._arguments import (
    CacheDtype,
    ColorMode,
    CorruptImages,
    DataFormat,
    FilePath,
    Format,
    Interpolation,
    LabelMode,
    MissingImages,
    MissingLabels,
    SubsetName,
)
from keras_csv_dataset._frameworks import import_framework
from keras_csv_dataset._images import decoder_of
from keras_csv_dataset._labels import ClassWeight
from keras_csv_dataset._rows import (
    ClassWeights,
    find_class_weights,
    locate_rows,
    make_samples,
)
from keras_csv_dataset._split import WHOLE, Subset, split_samples

if TYPE_CHECKING:
    import grain
    import tensorflow as tf

    Dataset: TypeAlias = tf.data.Dataset | grain.IterDataset


def image_dataset_from_csv(
    # As in Keras, except that `csv` replaces `labels`.
    directory: FilePath | None,
    csv: FilePath | pd.DataFrame,
    label_mode: LabelMode | Mapping[str, LabelMode] | None = "int",
    class_names: Sequence[Any] | Mapping[str, Sequence[Any]] | None = None,
    color_mode: ColorMode = "rgb",
    batch_size: int | None = 32,
    image_size: int | tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: SubsetName | None = None,
    interpolation: Interpolation = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: DataFormat | None = None,
    format: Format = "tf",
    verbose: bool = True,
    *,
    # Which column plays which part.
    image_column: Hashable | list[Hashable] = None,
    input_columns: Sequence[Hashable] | None = None,
    label_column: Hashable | list[Hashable] | Mapping[str, Any] = None,
    label_separator: str | None = None,
    weight_column: Hashable = None,
    split_column: Hashable = None,
    group_column: Hashable = None,
    # Which rows, where they go, and what they weigh.
    missing_images: MissingImages = "error",
    missing_labels: MissingLabels = "error",
    corrupt_images: CorruptImages | None = None,
    test_split: float | None = None,
    stratify: bool | Hashable | Sequence[Hashable] = False,
    num_folds: int | None = None,
    fold_index: int | None = None,
    class_weight: ClassWeight | Mapping[str, ClassWeight] | None = None,
    num_shards: int | None = None,
    shard_index: int | None = None,
    # How files are read.
    csv_options: Mapping[str, Any] | None = None,
    exif_orientation: bool = False,
    scaled_decoding: bool = False,
    # How it runs.
    shuffle_buffer_size: int | None = None,
    cache: bool | FilePath | None = None,
    cache_dtype: CacheDtype = "float32",
) -> Dataset | tuple[Dataset, ...]:
    """Generates a dataset from image files in a directory and labels in a CSV.

    It is `keras.utils.image_dataset_from_directory` with one argument changed:
    `labels` is `csv`. If your files are:

    ```
    images/
    ...00642.png
    ...00643.png
    labels.csv
    ```

    and `labels.csv` is:

    ```
    image,label
    00642,cat
    00643,dog
    ```

    then calling `image_dataset_from_csv("images", "labels.csv")` will return a
    `tf.data.Dataset` that yields batches of images together with labels 0 and 1
    (0 corresponding to `cat` and 1 corresponding to `dog`). Every image is paired
    with its label by its path, never by its position.

    Supported image formats: `.jpeg`, `.jpg`, `.png`, `.bmp`, `.gif`, and `.webp` where
    the installed TensorFlow decodes it, and always with `format="grain"`. With `cache`
    or `format="grain"`, also `.tif`, `.tiff` and `.avif` (which Pillow decodes),
    `.heic` and `.heif` (pillow-heif), and `.dcm` and `.dicom` (pydicom):
    `pip install 'keras-csv-dataset[formats]'` installs these packages. Animated gifs
    are truncated to the first frame, and TIFF files to the first page. Images with 16
    bits keep the upper 8, as in Keras.

    Args:
        directory: Directory where the images are located, at any depth, on this
            machine or at a URL that TensorFlow reads, such as `gs://...`. `None`
            if the CSV contains absolute paths.
        csv: Path or URL of a CSV file (anything that `pandas.read_csv` opens,
            including compressed files), or a `pandas.DataFrame`, with one row per
            image. Cells are read as text: `00642`, `1.10`, `NA` and `None` are not
            converted, and only a blank cell (in a DataFrame: NaN, None, NA) is a
            missing value. The delimiter is recognised from the header line: comma,
            semicolon, tab or `|`.
        label_mode: String describing the encoding of the labels. Options are:
            - `"int"`: means that the labels are encoded as integers
                (e.g. for `sparse_categorical_crossentropy` loss).
            - `"categorical"` means that the labels are
                encoded as a categorical vector
                (e.g. for `categorical_crossentropy` loss).
            - `"binary"` means that the labels (there can be only 2)
                are encoded as `float32` scalars with values 0 or 1
                (e.g. for `binary_crossentropy`).
            - `"multi_hot"` means that an image can have several labels, encoded as a
                vector of 1s and 0s (e.g. for `binary_crossentropy`): from one column
                and `label_separator`, from several 0/1 columns, or from several rows
                of one image.
            - `"raw"` means that the labels are numbers, yielded as they are
                (e.g. for `mean_squared_error`).
            - `"text"` means that the labels are text, yielded as it is, such as
                captions and transcriptions.
            - `"mask"` means that the label column names a PNG file that gives the
                class of each pixel, as a grey level or an index into a palette
                (e.g. for segmentation with `sparse_categorical_crossentropy` loss).
            - `"image"` means that the label column names an image file that the model
                is to predict (e.g. for enhancement or depth).
            - a dictionary from outputs to the modes above yields a dictionary of
                labels, for a model with several named outputs. Each output is called
                as its label column, unless `label_column` is a dictionary.
            - `None` (no labels).
        class_names: The explicit list of class names. Used to fix the order of the
            classes, for example to that of the training set, `train.class_names`,
            when a second CSV is read (otherwise numerical order is used if all labels
            are numbers, else alphanumerical order; one-hot columns keep their order).
            It can name classes that no row has, but must not leave out a label. A
            dictionary of lists if `label_mode` is a dictionary.
        color_mode: One of `"grayscale"`, `"rgb"`, `"rgba"`.
            Whether the images will be converted to
            have 1, 3, or 4 channels. Defaults to `"rgb"`.
        batch_size: Size of the batches of data. Defaults to 32.
            If `None`, the data will not be batched
            (the dataset will yield individual samples).
        image_size: Size to resize images to after they are read from disk,
            specified as `(height, width)`, in pixels.
            Defaults to `(256, 256)`.
        shuffle: Whether to shuffle the data, again in every epoch. Defaults to `True`.
            If set to `False`, keeps the order of the rows. A validation subset is
            never reshuffled between epochs.
        seed: Optional random seed for shuffling.
        validation_split: Optional float between 0 and 1,
            fraction of data to reserve for validation.
        subset: Subset of the data to return.
            One of `"training"`, `"validation"`, `"test"`, `"both"` or `"all"`.
            Only used if `validation_split`, `test_split`, `num_folds` or
            `split_column` is set.
            When `subset="both"`, the utility returns a tuple of two datasets
            (the training and validation datasets respectively), and when
            `subset="all"`, a tuple of three (training, validation and test).
        interpolation: String, the interpolation method used when
            resizing images.
            Supports `"bilinear"`, `"nearest"`, `"bicubic"`, `"area"`,
            `"lanczos3"`, `"lanczos5"`, `"gaussian"`, `"mitchellcubic"`.
            Defaults to `"bilinear"`.
        follow_links: Whether to visit subdirectories pointed to by symlinks.
            Defaults to `False`.
        crop_to_aspect_ratio: If `True`, resize the images without aspect
            ratio distortion, by cropping: the output shows the largest centred
            window of the image that has the target aspect ratio.
        pad_to_aspect_ratio: If `True`, resize the images without aspect
            ratio distortion, by padding with zeros on both sides.
        data_format: If `None` uses `keras.config.image_data_format()`,
            otherwise either `"channels_last"` or `"channels_first"`.
        format: The format of the return object. `"tf"` returns a `tf.data.Dataset`.
            `"grain"` returns a `grain.IterDataset` of NumPy arrays, for training with
            JAX or PyTorch, and does not import TensorFlow; it needs
            `pip install 'keras-csv-dataset[grain]'`.
        verbose: Whether to display the number of images, classes, and images of each
            subset. Defaults to `True`.
        image_column: The column that names the image files. Defaults to the one
            column whose values do. A value can omit the extension or the folders, or
            start above `directory`, as long as it fits one file. A list of columns, if
            a row has several images, such as `["front", "side"]`.
        input_columns: List of the columns that are inputs of the model beside the
            image, such as `["age", "sex"]`. A column in which every cell is a number
            is yielded as numbers, any other column as text, for layers such as
            `keras.layers.Normalization` and `keras.layers.StringLookup`. No cell may
            be blank.
        label_column: The column that contains the labels, or a list of columns: one 0/1
            column per class, or the numbers of `label_mode="raw"`. Defaults to the
            only column left, or one called `label`, `labels`, `class` or `target`. If
            `label_mode` is a dictionary, a dictionary from outputs to columns or lists
            of columns, such as `{"box": ["x", "y", "width", "height"]}`; an output
            without an entry is a column itself.
        label_separator: Separator between several labels in one cell, such as `" "` or
            `"|"`, for `label_mode="multi_hot"`.
        weight_column: The column of sample weights, which must not be negative.
        split_column: The column that says which subset a row belongs to, in place of
            `validation_split`: `train` or `training`, `val`, `valid` or
            `validation`, `test` or `testing` in any case, or booleans and 0/1, where
            true stands for validation. With `fold_index`, the column numbers folds.
        group_column: The column of groups that must not be divided between subsets,
            such as patients, sites or subjects. A subset is as close to its share of
            the rows as whole groups allow.
        missing_images: What to do with rows whose image file does not exist: `"error"`
            (default), `"skip"` to leave them out with a warning, or `"unchecked"` to
            take every value as an exact path relative to `directory` without listing
            the folder, for object stores and very large sets.
        missing_labels: What to do with rows whose label is blank: `"error"`
            (default), `"skip"` to leave them out with a warning, or, for
            `label_mode="multi_hot"`, `"empty"` to read a blank as no class.
        corrupt_images: What to do with rows whose image cannot be decoded, or declares
            more than 178,956,970 pixels: `"error"`, or `"skip"` to leave them out with
            a warning. Every image is then decoded once, on all cores, before the
            function returns. `None` (default) does not check the files in advance:
            such an image raises an error when training reads it.
        test_split: Optional float between 0 and 1, fraction of data to reserve for the
            test, beside `validation_split` or folds, which do not change which images
            these are. With `shuffle=False`, they are the first rows.
        stratify: Whether every class has the same share in all subsets or folds: to
            within one image of each class for validation and test; for
            `label_mode="multi_hot"`, by iterative stratification (Sechidis et al.,
            2011); with `group_column`, as close as whole groups allow. Or the name of a
            column, such as `"sex"`, or a list of names, to stratify by their values
            rather than by the labels. Numbers, such as the labels of
            `label_mode="raw"`, are divided at their quantiles into up to 10 bins of
            about as many images each.
        num_folds: Number of folds for cross-validation, in place of
            `validation_split`. They cover all images without overlap, except those
            that `test_split` reserves, and are the same for each `fold_index`.
        fold_index: The fold for validation, from 0 to `num_folds - 1`; the other folds
            are for training. With `split_column`, the number that the column gives to
            the fold.
        class_weight: The weights of the classes in training: a dictionary from names of
            classes to weights, such as `{"cat": 1, "dog": 5}`, in which a class that is
            left out weighs 1, or `"balanced"` for `n / (k * n_c)`, as in scikit-learn,
            where `n_c` of the `n` labels of the training subset are the class `c`, and
            `k` classes occur. The weight of an image is that of its class, times that
            in `weight_column`; for `label_mode="multi_hot"`, the mean of those of its
            classes, and 1 without a class. Validation and test images have no class
            weights. If `label_mode` is a dictionary, `"balanced"` for every output with
            classes, or a dictionary from outputs to the above.
        num_shards: Number of hosts that share the images of the subset. The shards
            cover all images without overlap, and differ by one image at most, or by
            the rows of one image.
        shard_index: Number of this host, from 0 to `num_shards - 1`.
        csv_options: Dictionary of keywords for `pandas.read_csv`, such as
            `{"sep": ";"}`, `{"encoding": "cp1252"}`, or `{"header": None}` for a file
            without a header, whose columns are then called 0, 1, 2, ….
        exif_orientation: Whether photographs are turned upright as their EXIF tag says,
            before they are cropped, padded and resized. The orientations are read from
            the heads of all files of a subset when this function is called. Masks and
            target images are turned by their own tags. Defaults to `False`, as Keras
            ignores the tag: photographs from telephones may lie on their side.
        scaled_decoding: Whether JPEGs are decoded at 1/2, 1/4 or 1/8 of their size,
            the smallest that is not below `image_size`. This saves time if JPEGs are
            several times larger than `image_size`. The pixels differ from Keras's, and
            are closer to those of an antialiased resize. Other formats are decoded as
            usual. Not valid with `"nearest"` and `"area"`. Defaults to `False`.
        shuffle_buffer_size: Size of the shuffle buffer, in images. Defaults to Keras's:
            8 batches, or 1024 images if `batch_size` is `None`. The buffer contains
            only paths, so it can be as large as the dataset, which shuffles best.
            Only for `format="tf"`: `"grain"` always shuffles all images.
        cache: Where to keep decoded images, so that no epoch has to decode them: `True`
            for memory, or the path of a folder for a file in it. The folder is created
            if it does not exist. Images are decoded when this function is called, and
            take `height * width * num_channels * 4` bytes each, or a quarter of that
            with `cache_dtype="uint8"`. They are still reshuffled in every epoch, and
            their labels are never cached. Later runs use the file again if the images
            and the arguments that determine the pixels are the same; otherwise they
            write another one. Delete the folder to free the space. Defaults to `None`:
            nothing is kept.
        cache_dtype: `"float32"` to cache the exact pixels, or `"uint8"` to round them
            to whole numbers, half to even, in a quarter of the memory. The images are
            yielded as `float32` in both cases, and differ by 0.5 at most, except where
            an interpolation such as `"bicubic"` goes below 0 or above 255 beside a
            sharp edge: `"uint8"` clips these values. Masks and target images are always
            exact, and `"nearest"` yields whole numbers anyway. Not valid without
            `cache`. Defaults to `"float32"`.

    Returns:

    A `tf.data.Dataset` object, or a tuple of two for `subset="both"` and of three for
    `subset="all"`. For `format="grain"` it is a `grain.IterDataset`, and what is called
    a tensor here is a NumPy array.

    - If `label_mode` is `None`, it yields `float32` tensors of shape
        `(batch_size, image_size[0], image_size[1], num_channels)`,
        encoding images (see below for rules regarding `num_channels`).
    - Otherwise, it yields a tuple `(images, labels)`, where `images` has
        shape `(batch_size, image_size[0], image_size[1], num_channels)`,
        and `labels` follows the format described below; or
        `(images, labels, weights)` with `float32` weights of shape `(batch_size,)`
        if `weight_column` is given, or `class_weight` and the dataset is for training.
        The weights of masks and target images have the shape `(batch_size, 1, 1)`; with
        other outputs, they are a dictionary, as with `class_weight` for several
        outputs: an output without class weights has those of `weight_column`, or 1.
    - With `input_columns`, a dictionary of inputs takes the place of `images`:
        `{"image": images, "age": ages, ...}`, by the names of the columns, with `_`
        for `/`. Numbers are `float32` and text is `tf.string` (with `format="grain"`,
        `str`), both of shape `(batch_size,)`.
    - If `image_column` is a list, a dictionary of images takes the place of `images`,
        by the names of the columns, with `_` for `/`. It also contains the further
        inputs.

    As in Keras, `interpolation="nearest"` yields `uint8` images, and
    `data_format="channels_first"` puts the channels before height and width.

    Rules regarding labels format:

    - if `label_mode` is `"int"`, the labels are an `int32` tensor of shape
        `(batch_size,)`.
    - if `label_mode` is `"binary"`, the labels are a `float32` tensor of
        1s and 0s of shape `(batch_size, 1)`.
    - if `label_mode` is `"categorical"`, the labels are a `float32` tensor
        of shape `(batch_size, num_classes)`, representing a one-hot
        encoding of the class index.
    - if `label_mode` is `"multi_hot"`, the labels are a `float32` tensor of 1s and
        0s of shape `(batch_size, num_classes)`.
    - if `label_mode` is `"raw"`, the labels are a `float32` tensor of shape
        `(batch_size,)`, or `(batch_size, num_columns)` if `label_column` is a list.
    - if `label_mode` is `"text"`, the labels are a `tf.string` tensor (with
        `format="grain"`, `str`) of shape `(batch_size,)`.
    - if `label_mode` is `"mask"`, the labels are an `int32` tensor of shape
        `(batch_size, image_size[0], image_size[1], 1)`: the numbers in the files,
        resized without interpolation, and cropped and padded as the images are. What
        padding adds is -1.
    - if `label_mode` is `"image"`, the labels are a `float32` tensor of the shape of
        the images, cropped and resized as they are. Numbers range from 0 to 255, or
        to 65535 for a PNG with 16 bits (for a TIFF with 16 bits, to 255).
    - if `label_mode` is a dictionary, the labels are a dictionary of such tensors.

    Rules regarding number of channels in the yielded images:

    - if `color_mode` is `"grayscale"`,
        there's 1 channel in the image tensors.
    - if `color_mode` is `"rgb"`,
        there are 3 channels in the image tensors.
    - if `color_mode` is `"rgba"`,
        there are 4 channels in the image tensors.

    The dataset has five attributes. For several outputs, `class_names`,
    `class_counts` and `labels` are dictionaries:

    - `class_names`: list of strings, the text of each class in the CSV;
        `None` for `"raw"`, `"text"`, `"image"` and without labels; the `class_names`
        that were passed for `"mask"`.
    - `class_counts`: NumPy array of `int64`, of shape `(num_classes,)`: how many
        images of this dataset (its subset and its shard) have each of `class_names`.
        An image that occurs twice counts twice. `None` for `"raw"`, `"text"`, `"mask"`,
        `"image"` and without labels.
    - `file_paths`: list of strings, the path of each image, in the order in which
        images are yielded if the dataset is not shuffled; a dictionary of lists if
        `image_column` is a list. Predictions for a dataset that is shuffled do not
        line up with them.
    - `labels`: NumPy array aligned with `file_paths`: `int32` class indices of shape
        `(n,)`; `float32` rows of shape `(n, num_classes)` for `"multi_hot"`, or, if
        those of all subsets have more than 2**26 values, `int32` pairs of an image and
        one of its classes, of shape `(ones, 2)`; the `float32` numbers for `"raw"`;
        `str` objects for `"text"`, and for `"mask"` and `"image"`, whose labels are
        the paths of the files; `None` without labels.
    - `inputs`: dictionary of NumPy arrays aligned with `file_paths`, the `float32`
        numbers or `str` objects of each of `input_columns`, for example to adapt a
        layer without decoding any image.

    Raises:
        ValueError: If an argument is not valid, or the CSV and the folder do not
            agree; the message names the lines of the CSV.
        FileNotFoundError: If `directory` or `csv` does not exist.
        ImportError: If `format="grain"` needs packages that are not installed.

    Example:

    >>> train, validation = image_dataset_from_csv(
    ...     "images", "labels.csv", validation_split=0.2, subset="both", seed=1
    ... )
    Found 1797 images in labels.csv belonging to 10 classes.
    Using 1438 images for training.
    Using 359 images for validation.
    >>> model.fit(train, validation_data=validation)
    """
    arguments.check_choice("format", format, get_args(Format))
    rows = arguments.read_row_spec(
        directory=directory,
        csv=csv,
        csv_options=csv_options,
        format=format,
        label_mode=label_mode,
        class_names=class_names,
        image_column=image_column,
        input_columns=input_columns,
        label_column=label_column,
        label_separator=label_separator,
        weight_column=weight_column,
        class_weight=class_weight,
        split_column=split_column,
        group_column=group_column,
        stratify=stratify,
        missing_images=missing_images,
        missing_labels=missing_labels,
        corrupt_images=corrupt_images,
        follow_links=follow_links,
    )
    image = arguments.read_image_spec(
        color_mode=color_mode,
        image_size=image_size,
        interpolation=interpolation,
        crop_to_aspect_ratio=crop_to_aspect_ratio,
        pad_to_aspect_ratio=pad_to_aspect_ratio,
        data_format=data_format,
        exif_orientation=exif_orientation,
        scaled_decoding=scaled_decoding,
    )
    batch_size = arguments.read_batch_size(batch_size)
    kept = arguments.read_cache(cache, cache_dtype)
    buffer_size = arguments.read_shuffle_buffer_size(
        shuffle_buffer_size, batch_size, format
    )
    verbose = arguments.check_flag("verbose", verbose)
    split = arguments.read_split_spec(
        rows,
        validation_split=validation_split,
        test_split=test_split,
        subset=subset,
        shuffle=shuffle,
        seed=seed,
        stratify=stratify,
        num_folds=num_folds,
        fold_index=fold_index,
        num_shards=num_shards,
        shard_index=shard_index,
    )

    framework = import_framework(format)
    located = locate_rows(rows, framework.decodable_formats(cached=kept is not None))
    decoder = decoder_of(framework, image.exif_orientation)
    progress = ProgressBar(verbose)
    samples = make_samples(located, rows, decoder.check_images, progress.update)
    if kept is not None:
        kept = replace(kept, on_progress=progress.update)
    if verbose:
        say(found(samples, located, rows.directory))
    del located  # the names of files take a lot of memory, and are not needed again

    def build(part: Subset) -> Dataset:
        if verbose and (part.name != WHOLE or num_shards is not None):
            say(using(part, split))
        weights = ClassWeights()
        if part.is_trained_on:
            weights = find_class_weights(samples.targets, rows.labels, part.rows)
        if verbose and any(of_output is not None for of_output in weights):
            say(weighing(samples.targets, weights))
        # Only training images are, so that predictions line up with other subsets.
        is_reshuffled = split.shuffle and part.is_trained_on
        if verbose and not samples.targets and is_reshuffled:
            say(unaligned())
        if verbose and kept is not None:
            say(keeping(samples, part.order, image, kept))
        its_samples = samples.weighed_by(weights).with_orientations(
            part.order, image, progress.update
        )
        if verbose and its_samples.orientations:
            say(turning(its_samples))
        return framework.build_dataset(
            its_samples,
            part.order,
            image,
            batch_size=batch_size,
            shuffle_buffer_size=buffer_size if is_reshuffled else None,
            seed=split.seed,
            cache=kept,
        )

    datasets = tuple(map(build, split_samples(samples, split)))
    return datasets if subset in ("both", "all") else datasets[0]


# In a `tf.function`, AutoGraph would rewrite the package, which is ordinary Python. It
# leaves functions with this attribute alone; its own decorator would import TensorFlow.
image_dataset_from_csv.autograph_info__ = None  # type: ignore[attr-defined]
