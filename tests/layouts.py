"""Label files from real datasets, each with the call that loads it.

`test_layouts.py` loads every one of them, and `docs/write_layouts.py` generates the
table of layouts in the documentation from them.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Layout:
    """One label file, its images, and the expected result of a call.

    Attributes:
        name: The source of the layout.
        shape: Its special features, for the documentation.
        header: First line of the file; empty if there is none.
        rows: The other lines. `{folder}` is replaced by the folder of the images.
        labels: Every image that the dataset yields, in order: its file and its label
            in the label file. Several labels are a tuple, several outputs a dictionary.
        call: Keyword arguments other than `directory` and `csv`.
        pandas: Code that first changes `df = pandas.read_csv(…)`; `df` is then passed.
        refusal: The error message if the unchanged file is passed.
        more_files: Image files that the dataset does not yield.
        encoding: The encoding of the file.
        line_end: The line ending of the file.
    """

    name: str
    shape: str
    header: str
    rows: tuple[str, ...]
    labels: tuple[tuple[str, Any], ...]
    call: dict[str, Any] = field(default_factory=dict)
    pandas: str = ""
    refusal: str = ""
    more_files: tuple[str, ...] = ()
    encoding: str = "utf-8"
    line_end: str = "\n"

    @property
    def files(self) -> list[str]:
        """All image files of the folder; the colour of each encodes its position."""
        return list(
            dict.fromkeys([*(file for file, _ in self.labels), *self.more_files])
        )

    @property
    def text(self) -> str:
        """The text of the label file."""
        lines = [self.header, *self.rows] if self.header else self.rows
        return self.line_end.join([*lines, ""])


_CELEBA = (
    "5_o_Clock_Shadow,Arched_Eyebrows,Attractive,Bags_Under_Eyes,Bald,Bangs,Big_Lips,"
    "Big_Nose,Black_Hair,Blond_Hair,Blurry,Brown_Hair,Bushy_Eyebrows,Chubby,"
    "Double_Chin,Eyeglasses,Goatee,Gray_Hair,Heavy_Makeup,High_Cheekbones,Male,"
    "Mouth_Slightly_Open,Mustache,Narrow_Eyes,No_Beard,Oval_Face,Pale_Skin,"
    "Pointy_Nose,Receding_Hairline,Rosy_Cheeks,Sideburns,Smiling,Straight_Hair,"
    "Wavy_Hair,Wearing_Earrings,Wearing_Hat,Wearing_Lipstick,Wearing_Necklace,"
    "Wearing_Necktie,Young"
)
_CHEXPERT = ["Atelectasis", "Cardiomegaly", "Edema"]
_RANZCR = "ETT - Abnormal,ETT - Normal,NGT - Normal,CVC - Normal"
_UID = "1.2.826.0.1.3680043.8.498"

LAYOUTS = (
    Layout(
        name="Dog Breed Identification",
        shape="ids without extension",
        header="id,breed",
        rows=(
            "000bec180eb18c7604dcecc8fe0dba07,boston_bull",
            "001513dfcb2ffafc82cccf4d8bbaba97,dingo",
            "001cdf01b096e06d78e9e5112d419397,pekinese",
        ),
        labels=(
            ("000bec180eb18c7604dcecc8fe0dba07.jpg", "boston_bull"),
            ("001513dfcb2ffafc82cccf4d8bbaba97.jpg", "dingo"),
            ("001cdf01b096e06d78e9e5112d419397.jpg", "pekinese"),
        ),
    ),
    Layout(
        name="Cassava Leaf Disease",
        shape="file names and integer classes",
        header="image_id,label",
        rows=("1000015157.jpg,0", "1000201771.jpg,3", "100042118.jpg,1"),
        labels=(
            ("1000015157.jpg", "0"),
            ("1000201771.jpg", "3"),
            ("100042118.jpg", "1"),
        ),
    ),
    Layout(
        name="Plant Pathology 2020",
        shape="one-hot columns, ids without extension",
        header="image_id,healthy,multiple_diseases,rust,scab",
        rows=("Train_0,0,0,0,1", "Train_1,0,1,0,0", "Train_2,1,0,0,0"),
        labels=(
            ("Train_0.jpg", "scab"),
            ("Train_1.jpg", "multiple_diseases"),
            ("Train_2.jpg", "healthy"),
        ),
        call={"label_column": ["healthy", "multiple_diseases", "rust", "scab"]},
    ),
    Layout(
        name="Plant Pathology 2021",
        shape="several labels per image, separated by spaces",
        header="image,labels",
        rows=(
            "800113bb65efe69e.jpg,healthy",
            "8002cb321f8bfcdf.jpg,scab frog_eye_leaf_spot complex",
            "80070f7fb5e2ccaa.jpg,scab",
        ),
        labels=(
            ("800113bb65efe69e.jpg", ("healthy",)),
            ("8002cb321f8bfcdf.jpg", ("complex", "frog_eye_leaf_spot", "scab")),
            ("80070f7fb5e2ccaa.jpg", ("scab",)),
        ),
        call={"label_mode": "multi_hot", "label_separator": " "},
    ),
    Layout(
        name="iMet Collection",
        shape="several integer labels per image, ids without extension",
        header="id,attribute_ids",
        rows=(
            "1000483014d91860,147 616 813",
            "1000fe2e667721fe,51 616 734 813",
            "1001614cb89646ee,776",
        ),
        labels=(
            ("1000483014d91860.png", ("147", "616", "813")),
            ("1000fe2e667721fe.png", ("51", "616", "734", "813")),
            ("1001614cb89646ee.png", ("776",)),
        ),
        call={"label_mode": "multi_hot", "label_separator": " "},
    ),
    Layout(
        name="Planet: Understanding the Amazon",
        shape="several tags per image, ids without extension",
        header="image_name,tags",
        rows=(
            "train_0,haze primary",
            "train_1,agriculture clear primary water",
            "train_10,agriculture clear habitation primary road",
        ),
        labels=(
            ("train_0.jpg", ("haze", "primary")),
            ("train_1.jpg", ("agriculture", "clear", "primary", "water")),
            ("train_10.jpg", ("agriculture", "clear", "habitation", "primary", "road")),
        ),
        call={"label_mode": "multi_hot", "label_separator": " "},
    ),
    Layout(
        name="APTOS 2019 Blindness Detection",
        shape="grades 0 to 4, ids of .png files without extension",
        header="id_code,diagnosis",
        rows=("000c1434d8d7,2", "001639a390f0,4", "0024cdab0c1e,1", "002c21358ce6,0"),
        labels=(
            ("000c1434d8d7.png", "2"),
            ("001639a390f0.png", "4"),
            ("0024cdab0c1e.png", "1"),
            ("002c21358ce6.png", "0"),
        ),
    ),
    Layout(
        name="Diabetic Retinopathy Detection",
        shape="ids of .jpeg files without extension",
        header="image,level",
        rows=("10_left,0", "10_right,0", "15_left,1"),
        labels=(("10_left.jpeg", "0"), ("10_right.jpeg", "0"), ("15_left.jpeg", "1")),
    ),
    Layout(
        name="ISIC 2019",
        shape="one-hot columns written as 0.0 and 1.0",
        header="image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK",
        rows=(
            "ISIC_0000000,0.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0",
            "ISIC_0000002,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0",
            "ISIC_0025302,0.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0",
        ),
        labels=(
            ("ISIC_0000000.jpg", "NV"),
            ("ISIC_0000002.jpg", "MEL"),
            ("ISIC_0025302.jpg", "DF"),
        ),
        call={
            "label_column": [
                "MEL",
                "NV",
                "BCC",
                "AK",
                "BKL",
                "DF",
                "VASC",
                "SCC",
                "UNK",
            ]
        },
    ),
    Layout(
        name="HAM10000",
        shape="one label column among many, files in several folders",
        header="lesion_id,image_id,dx,dx_type,age,sex,localization",
        rows=(
            "HAM_0000118,ISIC_0027419,bkl,histo,80.0,male,scalp",
            "HAM_0000118,ISIC_0025030,bkl,histo,80.0,male,scalp",
            "HAM_0001466,ISIC_0031633,nv,histo,,male,ear",
        ),
        labels=(
            ("HAM10000_images_part_1/ISIC_0027419.jpg", "bkl"),
            ("HAM10000_images_part_1/ISIC_0025030.jpg", "bkl"),
            ("HAM10000_images_part_2/ISIC_0031633.jpg", "nv"),
        ),
        call={"label_column": "dx"},
    ),
    Layout(
        name="CelebA",
        shape="forty columns of −1 and 1, to be mapped to 0 and 1 first",
        header=f"image_id,{_CELEBA}",
        rows=(
            "000001.jpg" + 20 * ",-1" + ",1" + 10 * ",-1" + ",1" + 7 * ",-1" + ",1",
            "000002.jpg" + 39 * ",-1" + ",1",
            "000003.jpg" + 40 * ",-1",
        ),
        labels=(
            ("000001.jpg", ("Male", "Smiling", "Young")),
            ("000002.jpg", ("Young",)),
            ("000003.jpg", ()),
        ),
        call={"label_mode": "multi_hot", "label_column": _CELEBA.split(",")},
        pandas="df = df.replace(-1, 0)",
        refusal=r"line 2: column '5_o_Clock_Shadow' contains '-1'(.|\n)*"
        r"map uncertain(.|\n)*replace\(-1, 0\)",
    ),
    Layout(
        name="PetFinder Pawpularity",
        shape="a regression target in the last of many columns",
        header="Id,Subject Focus,Eyes,Face,Near,Action,Accessory,Group,Collage,Human,"
        "Occlusion,Info,Blur,Pawpularity",
        rows=(
            "0007de18844b0dbbb5e1f607da0606e0,0,1,1,1,0,0,1,0,0,0,0,0,63",
            "0009c66b9439883ba2750fb825e1d7db,0,1,1,0,0,0,0,0,0,0,0,0,42",
            "0013fd999caf9a3efe1352ca1b0d937e,0,1,1,1,0,0,0,0,1,1,0,0,28",
        ),
        labels=(
            ("0007de18844b0dbbb5e1f607da0606e0.jpg", 63),
            ("0009c66b9439883ba2750fb825e1d7db.jpg", 42),
            ("0013fd999caf9a3efe1352ca1b0d937e.jpg", 28),
        ),
        call={"label_mode": "raw", "label_column": "Pawpularity"},
    ),
    Layout(
        name="Galaxy Zoo",
        shape="several regression targets, integer ids",
        header="GalaxyID,Class1.1,Class1.2,Class1.3",
        rows=("100008,0.383147,0.616853,0.0", "100023,0.327001,0.663777,0.009222"),
        labels=(
            ("100008.jpg", (0.383147, 0.616853, 0.0)),
            ("100023.jpg", (0.327001, 0.663777, 0.009222)),
        ),
        call={
            "label_mode": "raw",
            "label_column": ["Class1.1", "Class1.2", "Class1.3"],
        },
    ),
    Layout(
        name="Histopathologic Cancer Detection",
        shape="TIFF files, which TensorFlow cannot decode",
        header="id,label",
        rows=(
            "f38a6374c348f90b587e046aac6079959adf3835,0",
            "c18f2d887b7ae4f6742ee445113fa1aef383ed77,1",
        ),
        labels=(
            ("f38a6374c348f90b587e046aac6079959adf3835.tif", "0"),
            ("c18f2d887b7ae4f6742ee445113fa1aef383ed77.tif", "1"),
        ),
        call={"cache": True},
    ),
    Layout(
        name="Open Images",
        shape="long form: one row per image and label, some labels negative",
        header="ImageID,Source,LabelName,Confidence",
        rows=(
            "000026e7ee790996,verification,/m/04hgtk,0",
            "000026e7ee790996,verification,/m/07j7r,1",
            "000026e7ee790996,crowdsource-verification,/m/01bqvp,1",
            "000062a39995e348,verification,/m/015p6,1",
            "000062a39995e348,verification,/m/05s2s,0",
            "0000c64e1253d68f,verification,/m/07yv9,0",
        ),
        labels=(
            ("000026e7ee790996.jpg", ("/m/01bqvp", "/m/07j7r")),
            ("000062a39995e348.jpg", ("/m/015p6",)),
        ),
        call={"label_mode": "multi_hot", "label_column": "LabelName"},
        pandas='df = df[df["Confidence"] == 1]',
        more_files=("0000c64e1253d68f.jpg",),
    ),
    Layout(
        name="VinBigData Chest X-ray",
        shape="several raters per image, one row per finding; DICOM files, converted "
        "to PNG",
        header="image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max",
        rows=(
            "50a418190bc3fb1ef1633bf9678929b3,No finding,14,R11,,,,",
            "50a418190bc3fb1ef1633bf9678929b3,No finding,14,R15,,,,",
            "9a5094b2563a1ef3ff50dc5c7ff71345,Cardiomegaly,3,R10,691,1375,1653,1831",
            "9a5094b2563a1ef3ff50dc5c7ff71345,Pleural effusion,10,R9,178,172,187,199",
            "9a5094b2563a1ef3ff50dc5c7ff71345,Cardiomegaly,3,R8,692,1369,1639,1826",
        ),
        labels=(
            ("50a418190bc3fb1ef1633bf9678929b3.png", ("No finding",)),
            (
                "9a5094b2563a1ef3ff50dc5c7ff71345.png",
                ("Cardiomegaly", "Pleural effusion"),
            ),
        ),
        call={"label_mode": "multi_hot", "label_column": "class_name"},
    ),
    Layout(
        name="State Farm Distracted Driver",
        shape="file names only, one folder per class",
        header="subject,classname,img",
        rows=(
            "p002,c0,img_44733.jpg",
            "p002,c0,img_72999.jpg",
            "p012,c1,img_25094.jpg",
        ),
        labels=(
            ("c0/img_44733.jpg", "c0"),
            ("c0/img_72999.jpg", "c0"),
            ("c1/img_25094.jpg", "c1"),
        ),
        call={"label_column": "classname"},
    ),
    Layout(
        name="CheXpert",
        shape="paths that begin above the folder; blanks and −1 to be replaced first",
        header="Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,"
        "Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,"
        "Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,"
        "Pleural Other,Fracture,Support Devices",
        rows=(
            "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg,"
            "Female,68,Frontal,AP,1.0,,,,,,,,,0.0,,,,1.0",
            "CheXpert-v1.0-small/train/patient00002/study2/view1_frontal.jpg,"
            "Female,87,Frontal,AP,,,-1.0,1.0,,-1.0,-1.0,,-1.0,,-1.0,,1.0,",
            "CheXpert-v1.0-small/train/patient00003/study1/view1_frontal.jpg,"
            "Male,41,Frontal,AP,,,1.0,,,1.0,,,,0.0,,,,",
        ),
        labels=(
            ("train/patient00001/study1/view1_frontal.jpg", ()),
            ("train/patient00002/study2/view1_frontal.jpg", ()),
            (
                "train/patient00003/study1/view1_frontal.jpg",
                ("Cardiomegaly", "Edema"),
            ),
        ),
        call={"label_mode": "multi_hot", "label_column": _CHEXPERT},
        pandas=f"df[{_CHEXPERT}] = df[{_CHEXPERT}].replace(-1, 0).fillna(0)",
        refusal=r"line 2: column 'Atelectasis' is blank(.|\n)*fillna\(0\)",
    ),
    Layout(
        name="NIH Chest X-ray 14",
        shape='labels separated by "|", files in several folders',
        header="Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,"
        "Patient Gender,View Position,OriginalImage[Width,Height],"
        "OriginalImagePixelSpacing[x,y],",
        rows=(
            "00000001_000.png,Cardiomegaly,0,1,58,M,PA,2682,2749,0.143,0.143,",
            "00000001_001.png,Cardiomegaly|Emphysema,1,1,58,M,PA,2894,2729,0.143,0.143,",
            "00000002_000.png,No Finding,0,2,81,M,PA,2500,2048,0.171,0.171,",
        ),
        labels=(
            ("images_001/images/00000001_000.png", ("Cardiomegaly",)),
            ("images_002/images/00000001_001.png", ("Cardiomegaly", "Emphysema")),
            ("images_003/images/00000002_000.png", ("No Finding",)),
        ),
        call={
            "label_mode": "multi_hot",
            "label_column": "Finding Labels",
            "label_separator": "|",
        },
    ),
    Layout(
        name="RANZCR CLiP",
        shape="0/1 columns for several labels per image; DICOM ids with dots",
        header=f"StudyInstanceUID,{_RANZCR},PatientID",
        rows=(
            f"{_UID}.26697628953273228189375557799582420561,0,0,1,0,ec89415d1",
            f"{_UID}.46302891597398758759818628675365157729,0,1,1,1,bf4c6da3c",
            f"{_UID}.23819260719748494858948050424870692577,0,0,0,0,3fc1c97e5",
        ),
        labels=(
            (f"{_UID}.26697628953273228189375557799582420561.jpg", ("NGT - Normal",)),
            (
                f"{_UID}.46302891597398758759818628675365157729.jpg",
                ("ETT - Normal", "NGT - Normal", "CVC - Normal"),
            ),
            (f"{_UID}.23819260719748494858948050424870692577.jpg", ()),
        ),
        call={"label_mode": "multi_hot", "label_column": _RANZCR.split(",")},
    ),
    Layout(
        name="RSNA Pneumonia Detection",
        shape="one row per box: an image with two boxes is yielded twice; DICOM files, "
        "converted to PNG",
        header="patientId,x,y,width,height,Target",
        rows=(
            "0004cfab-14fd-4e49-80ba-63a80b6bddd6,,,,,0",
            "00436515-870c-4b36-a041-de91049b9ab4,264.0,152.0,213.0,379.0,1",
            "00436515-870c-4b36-a041-de91049b9ab4,562.0,152.0,256.0,453.0,1",
        ),
        labels=(
            ("0004cfab-14fd-4e49-80ba-63a80b6bddd6.png", "0"),
            ("00436515-870c-4b36-a041-de91049b9ab4.png", "1"),
            ("00436515-870c-4b36-a041-de91049b9ab4.png", "1"),
        ),
    ),
    Layout(
        name="Google Landmarks",
        shape="ids without extension, files three folder levels deep",
        header="id,url,landmark_id",
        rows=(
            "6e158a47eb2ca3f6,https://upload.wikimedia.org/a/Jenisch_Haus.jpg,142820",
            "202cd79556f30760,http://upload.wikimedia.org/b/Faisal_Mosque.jpg,104169",
        ),
        labels=(
            ("6/e/1/6e158a47eb2ca3f6.jpg", "142820"),
            ("2/0/2/202cd79556f30760.jpg", "104169"),
        ),
        call={"label_column": "landmark_id"},
    ),
    Layout(
        name="FairFace",
        shape="several outputs",
        header="file,age,gender,race,service_test",
        rows=(
            "train/1.jpg,50-59,Male,East Asian,True",
            "train/2.jpg,30-39,Female,Indian,False",
        ),
        labels=(
            ("train/1.jpg", {"age": "50-59", "gender": "Male"}),
            ("train/2.jpg", {"age": "30-39", "gender": "Female"}),
        ),
        call={"label_mode": {"age": "int", "gender": "categorical"}},
    ),
    Layout(
        name="TensorFlow flowers",
        shape="URLs in a bucket, no header",
        header="",
        rows=(
            "gs://cloud-ml-data/img/flower_photos/daisy/754296579_30a9ae018c_n.jpg,daisy",
            "gs://cloud-ml-data/img/flower_photos/roses/110472418_87b6a3aa98_m.jpg,roses",
        ),
        labels=(
            ("daisy/754296579_30a9ae018c_n.jpg", "daisy"),
            ("roses/110472418_87b6a3aa98_m.jpg", "roses"),
        ),
        call={"csv_options": {"header": None}},
    ),
    Layout(
        name="Roboflow multi-label export",
        shape="0/1 columns, with a space after every comma",
        header="filename, Cat, Dog",
        rows=("a_jpg.rf.1b2c.jpg, 1, 0", "b_jpg.rf.3d4e.jpg, 1, 1"),
        labels=(("a_jpg.rf.1b2c.jpg", ("Cat",)), ("b_jpg.rf.3d4e.jpg", ("Cat", "Dog"))),
        call={"label_mode": "multi_hot", "label_column": ["Cat", "Dog"]},
    ),
    Layout(
        name="Absolute paths",
        shape="images anywhere on the disk",
        header="path,label",
        rows=("{folder}/site_a/1.png,benign", "{folder}/site_b/1.png,malignant"),
        labels=(("site_a/1.png", "benign"), ("site_b/1.png", "malignant")),
        call={"directory": None},
    ),
    Layout(
        name="Windows paths",
        shape="absolute paths with a drive letter and backslashes",
        header="path,label",
        rows=(r"C:\data\train\cats\1.png,cat", r"C:\data\train\dogs\1.png,dog"),
        labels=(("cats/1.png", "cat"), ("dogs/1.png", "dog")),
    ),
    Layout(
        name="Semicolons",
        shape="separated by semicolons",
        header="file;species",
        rows=("1.jpg;Parus major, male", "2.jpg;Sitta europaea"),
        labels=(("1.jpg", "Parus major, male"), ("2.jpg", "Sitta europaea")),
    ),
    Layout(
        name="Tabs",
        shape="separated by tabs",
        header="file\tspecies",
        rows=("1.jpg\tParus major", "2.jpg\tSitta europaea"),
        labels=(("1.jpg", "Parus major"), ("2.jpg", "Sitta europaea")),
    ),
    Layout(
        name="No header",
        shape="the first line is data",
        header="",
        rows=("1.jpg,tit", "2.jpg,nuthatch"),
        labels=(("1.jpg", "tit"), ("2.jpg", "nuthatch")),
        call={"csv_options": {"header": None}},
    ),
    Layout(
        name="Saved by DataFrame.to_csv",
        shape="a first column of row numbers without a name",
        header=",image,label",
        rows=("0,1.jpg,tit", "1,2.jpg,nuthatch"),
        labels=(("1.jpg", "tit"), ("2.jpg", "nuthatch")),
    ),
    Layout(
        name="Saved by Excel",
        shape="UTF-8 with a byte-order mark, semicolons, Windows line endings",
        header="Bild;Art",
        rows=("1.jpg;Kohlmeise", "2.jpg;Mönchsgrasmücke"),
        labels=(("1.jpg", "Kohlmeise"), ("2.jpg", "Mönchsgrasmücke")),
        encoding="utf-8-sig",
        line_end="\r\n",
    ),
)
