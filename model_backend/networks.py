"""The networks whose published checkpoints can be added: one table, nothing is imported before one
is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from model_backend.errors import UserError

ENTITIES, TABLES, MASKS, PAGE_CLASS = "entities", "tables", "masks", "page class"
"""The tasks that a person chooses predictors for."""
DETECTION, STRUCTURE = "table detection", "table structure"
"""The two halves of the task of tables: where tables are, and the grid of one."""

RVL_CDIP = (
    "letter",
    "form",
    "email",
    "handwritten",
    "advertisement",
    "scientific report",
    "scientific publication",
    "specification",
    "file folder",
    "news article",
    "budget",
    "invoice",
    "presentation",
    "questionnaire",
    "resume",
    "memo",
)
"""The page classes of RVL-CDIP (Harley et al. 2015), in the order of their numbers."""
PAGE_KINDS = (
    "application",
    "invoice",
    "fax cover",
    "order",
    "memo",
    "report",
    "laboratory report",
    "expense report",
    "claim",
    "questionnaire",
    "letter",
    "scientific report",
    "specification",
    "handwritten",
    "advertisement",
)
"""The page classes that the page sorter tells apart, in the order of its outputs."""
DETECTION_LABELS = ("table", "table rotated")
STRUCTURE_LABELS = (
    "table",
    "table column",
    "table row",
    "table column header",
    "table projected row header",
    "table spanning cell",
)
"""PubTables-1M's classes, in the order of the reference's class maps."""


@dataclass(frozen=True)
class Network:
    """A kind of network.

    A checkpoint is of this kind when its config names one of `model_types`, or when each of the
    regular expressions `keys` is found in some key of its weights. `classes` is the expression for
    the key of the last layer's bias; of its entries the first or last `background` are no labels.
    `loader` and `predictor` are `module:function`; `usual_labels` are taken where a checkpoint
    names none and has just as many classes. `program` is the `module:function` that says what of
    the network is written as ONNX.

    A network with `outputs` is an ONNX program of our own training, known by what it gives out.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    loader: str
    predictor: str
    model_types: tuple[str, ...]
    keys: tuple[str, ...]
    classes: str
    background: int = 0
    usual_labels: tuple[tuple[str, ...], ...] = ()
    program: str = ""
    outputs: tuple[str, ...] = ()


_ENTITY_PREDICTOR = "model_backend.predictors.entities_model:create"
_TABLE_PREDICTOR = "model_backend.predictors.tables_model:create"
_TABLE_LABELS = (DETECTION_LABELS, STRUCTURE_LABELS)
_CLASSIFIER = r"(^|\.)classifier\.bias$"
NETWORKS = (
    Network(
        "layoutlmv2",
        "LayoutLMv2",
        (ENTITIES,),
        "model_backend.models.layoutlmv2:load",
        _ENTITY_PREDICTOR,
        ("layoutlmv2",),
        (r"(^|\.)visual\.backbone\.", r"rel_pos_x_bias"),
        _CLASSIFIER,
        program="model_backend.models.entity_programs:layoutlmv2",
    ),
    Network(
        "layoutlm",
        "LayoutLM",
        (ENTITIES,),
        "model_backend.models.layoutlm:load",
        _ENTITY_PREDICTOR,
        ("layoutlm",),
        (r"embeddings\.x_position_embeddings\.", r"encoder\.layer\.0\."),
        _CLASSIFIER,
        program="model_backend.models.entity_programs:layoutlm",
    ),
    Network(
        "tagger",
        "BiLSTM-CRF",
        (ENTITIES,),
        "model_backend.models.tagger:load",
        _ENTITY_PREDICTOR,
        ("proofdesk-tagger",),
        (r"^crf\.transitions$", r"^recurrent\."),
        r"^emission\.bias$",
        program="model_backend.models.entity_programs:tagger",
    ),
    Network(
        "bert",
        "BERT",
        (ENTITIES,),
        "model_backend.models.bert:load",
        _ENTITY_PREDICTOR,
        ("bert",),
        (r"^bert\.embeddings\.word_embeddings\.", r"^bert\.encoder\.layer\.0\."),
        _CLASSIFIER,
        program="model_backend.models.entity_programs:bert",
    ),
    Network(
        "table-transformer",
        "Table Transformer",
        (DETECTION, STRUCTURE),
        "model_backend.models.table_transformer:load",
        _TABLE_PREDICTOR,
        ("table-transformer", "detr"),
        (
            r"(query_position_embeddings|query_embed)\.weight$",
            r"(class_labels_classifier|class_embed)\.",
        ),
        r"^(class_labels_classifier|class_embed)\.bias$",
        background=1,
        usual_labels=_TABLE_LABELS,
        program="model_backend.models.picture_programs:table_transformer",
    ),
    Network(
        "faster-rcnn",
        "Faster R-CNN",
        (DETECTION, STRUCTURE),
        "model_backend.models.faster_rcnn:load",
        _TABLE_PREDICTOR,
        ("faster-rcnn",),
        (r"^rpn\.head\.cls_logits\.", r"^roi_heads\.box_predictor\.cls_score\."),
        r"^roi_heads\.box_predictor\.cls_score\.bias$",
        background=1,
        usual_labels=_TABLE_LABELS,
        program="model_backend.models.picture_programs:faster_rcnn",
    ),
    Network(
        "unet",
        "U-Net",
        (MASKS,),
        "model_backend.models.unet:load",
        "model_backend.predictors.masks_model:create",
        ("proofdesk-unet",),
        (r"^inc\.double_conv\.0\.weight$", r"^up1\.conv\.", r"^outc\.conv\.weight$"),
        r"^outc\.conv\.bias$",
        background=1,
        program="model_backend.models.picture_programs:unet",
    ),
    Network(
        "vgg16",
        "VGG16",
        (PAGE_CLASS,),
        "model_backend.models.vgg16:load",
        "model_backend.predictors.page_class_model:create",
        ("vgg",),
        (r"^features\.0\.weight$", *(rf"^classifier\.{n}\.weight$" for n in (0, 3, 6))),
        r"^classifier\.6\.bias$",
        usual_labels=(RVL_CDIP,),
        program="model_backend.models.picture_programs:vgg16",
    ),
)
"""Every network; of two that fit, the first is meant."""


def _own(
    name: str, title: str, task: str, module: str, labels: tuple[str, ...], outputs: tuple[str, ...]
) -> Network:
    predictor = f"model_backend.predictors.{module}:of_model"
    usual = (labels,)
    return Network(
        name, title, (task,), "", predictor, (), (), "", usual_labels=usual, outputs=outputs
    )


PROGRAMS = (
    _own(
        "form-reader",
        "Form reader",
        ENTITIES,
        "entities_forms",
        ("header", "question", "answer", "other"),
        ("classes", "following", "parents"),
    ),
    _own(
        "mask-finder",
        "Mask finder",
        MASKS,
        "masks_pixels",
        ("stamp", "signature", "handwriting", "check box", "figure", "logo", "table"),
        ("logits",),
    ),
    _own("page-sorter", "Page sorter", PAGE_CLASS, "page_class_words", PAGE_KINDS, ("kinds",)),
)
"""What `proofdesk train` makes, and can be added like a published model."""


def network(name: str) -> Network:
    """The network of that name; UserError when this version does not know it."""
    found = next((item for item in (*NETWORKS, *PROGRAMS) if item.name == name), None)
    if found is None:
        known = ", ".join(item.title for item in NETWORKS)
        raise UserError(
            "This version of Proofdesk does not know the network {name}. It knows {known}.",
            name=name,
            known=known,
        )
    return found
