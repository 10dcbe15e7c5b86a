"""Pages a second and peak memory of every network, in torch and onnxruntime.

    python tests/benchmarks/models.py [--only bert,unet] [--json] [--pages 1000]

Networks have their published sizes and random weights. A page is 512 tokens, a picture of 800 x
1000 pixels, nine tiles of U-Net, or 224 x 224 pixels. One repetition after one to warm up; batches
that would take longer than `--most` seconds are left out. Engines: torch (ours), transformers (its
own class, where it has one), onnx (fp32), int8. Each engine has a process of its own, and "MB" is
the most memory that it ever had, with a batch of one. With a CUDA card the same in fp16, with the
share of its measured matrix rate, and `--pages` pages end to end, from the file to proposals.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ENGINES = ("torch", "transformers", "onnx", "int8")
THREADS, BATCHES = (1, 2), (1, 8)
TOKENS, PICTURE, TILES = 512, (800, 1000), 9
CUDA_BATCHES = (1, 8, 32)
PUBLISHED = ("bert", "layoutlm", "table-transformer")
NETWORKS = (
    "layoutlm", "layoutlmv2", "bert", "tagger", "table-transformer", "faster-rcnn", "unet", "vgg16",
)  # fmt: skip
Inputs = dict[str, Any]


def entity(kind: str) -> Any:  # noqa: ANN401 - what a loader gives
    from model_backend.models import bert, layoutlm, layoutlmv2, resnext_fpn, tagger
    from model_backend.models.entity_network import EntityNetwork

    module = {
        "bert": lambda: bert.Bert(bert.BertConfig(), 7),
        "layoutlm": lambda: layoutlm.LayoutLM(layoutlm.LayoutLMConfig(), 7),
        "layoutlmv2": lambda: layoutlmv2.LayoutLMv2(
            layoutlmv2.LayoutLMv2Config(), resnext_fpn.ResNeXtConfig(), 7
        ),
        "tagger": lambda: tagger.Tagger(tagger.TaggerConfig(), 7),
    }[kind]()
    return EntityNetwork(module.eval(), None, TOKENS)  # type: ignore[arg-type]


def published(kind: str) -> Any:  # noqa: ANN401 - a network of transformers
    import transformers as t

    if kind == "table-transformer":
        resnet = t.ResNetConfig(
            embedding_size=64, hidden_sizes=[64, 128, 256, 512], depths=[2, 2, 2, 2],
            layer_type="basic", out_features=["stage4"],
        )  # fmt: skip
        config = t.TableTransformerConfig(
            backbone_config=resnet, num_queries=125, d_model=256, encoder_layers=6,
            decoder_layers=6, num_labels=6,
        )  # fmt: skip
        return t.TableTransformerForObjectDetection(config).eval()
    if kind == "bert":
        return t.BertForTokenClassification(t.BertConfig(num_labels=7)).eval()
    return t.LayoutLMForTokenClassification(t.LayoutLMConfig(num_labels=7)).eval()


def loaded(kind: str) -> Any:  # noqa: ANN401 - what a loader gives
    """The network as its loader gives it, of the published size."""
    from model_backend.models import faster_rcnn, resnet_fpn, table_transformer, unet, vgg16
    from model_backend.models.detector import PictureSize

    if kind == "unet":
        return unet.UNet(unet.UNetConfig(), 4).eval()
    if kind == "vgg16":
        return vgg16.VGG16(vgg16.VGG16Config(), 16).eval()
    if kind == "table-transformer":
        module = table_transformer.TableTransformer(published(kind).config).eval()
        return table_transformer.TableTransformerDetector(module, PictureSize(800, 1000))
    if kind == "faster-rcnn":
        sizes = resnet_fpn.ResNetSizes(stem=64, widths=(64, 128, 256, 512), depths=(2,) * 4)
        config = faster_rcnn.FasterRcnnConfig(sizes, pyramid=256, hidden=1024, classes=7)
        return faster_rcnn.FasterRcnnDetector(
            faster_rcnn.FasterRcnn(config).eval(), PictureSize(800, 1000)
        )
    return entity(kind)


def program_of(kind: str, *, is_run: bool = True) -> Any:  # noqa: ANN401 - a Program
    """The first program of a network; without weights where others run instead of it."""
    import torch

    from model_backend.installed import InstalledModel
    from model_backend.onnx_export import programs_of

    with torch.device("cpu" if is_run or kind == "faster-rcnn" else "meta"):
        network = loaded(kind)
    return programs_of(InstalledModel(kind, kind, "", (), (), ""), network)[0]


def page(program: Any, kind: str, count: int) -> Inputs:  # noqa: ANN401
    """The input of so many pages (of U-Net: tiles)."""
    import torch

    shapes = {
        "input_ids": (TOKENS,), "attention_mask": (TOKENS,), "boxes": (TOKENS, 4),
        "pixels": (3, *(program.example["pixels"].shape[2:] if kind == "faster-rcnn" else PICTURE)),
        "mask": PICTURE, "tiles": (3, 572, 572), "picture": (3, 224, 224),
    } if kind in NETWORKS else {}  # fmt: skip
    made = {}
    for name, value in program.example.items():
        shape = (count, *shapes[name])
        if name in ("attention_mask", "mask"):
            made[name] = torch.ones(shape, dtype=value.dtype)
        elif name == "boxes":
            corners = torch.randint(0, 900, (count, TOKENS, 2))
            made[name] = torch.cat([corners, corners + 50], -1)
        elif value.is_floating_point():
            made[name] = torch.rand(shape)
        else:
            made[name] = torch.randint(0, 255, shape, dtype=value.dtype)
    return made


def runner(program: Any, kind: str, engine: str, folder: Path) -> Callable[[int], Any]:  # noqa: ANN401
    """Makes, for a number of threads, what runs the program."""
    import torch

    from model_backend import runtime

    theirs = published(kind) if engine == "transformers" else None
    names = {"boxes": "bbox", "pixels": "pixel_values", "mask": "pixel_mask"}

    def made(threads: int) -> Callable[[Inputs], Any]:
        torch.set_num_threads(threads)
        if engine == "torch":
            return lambda given: program.module(*given.values())
        if theirs is not None:
            return lambda given: theirs(**{names.get(k, k): v for k, v in given.items()})
        ending = "-int8" if engine == "int8" else ""
        session = runtime.session(folder / f"{kind}{ending}.onnx", threads=threads)
        return lambda given: session.run(None, {k: v.numpy() for k, v in given.items()})

    return made


def write_programs(kind: str, folder: Path) -> None:
    from model_backend import onnx_export, onnx_int8

    program = program_of(kind)
    found = onnx_export.exported_program(program, folder / f"{kind}.onnx")
    print(json.dumps({"difference": found.difference}), flush=True)
    onnx_int8.quantise(folder / f"{kind}.onnx", folder / f"{kind}-int8.onnx")


def child(kind: str, engine: str, folder: Path, most: float) -> Iterator[dict[str, Any]]:
    """Every measurement of one engine."""
    import torch

    per_page = TILES if kind == "unet" else 1
    batches = BATCHES[:1] if kind == "faster-rcnn" else BATCHES  # its program has one shape
    program = program_of(kind, is_run=engine == "torch")
    made = runner(program, kind, engine, folder)
    run = None
    for threads in THREADS:
        del run  # a session keeps its memory
        run = made(threads)
        alone = 0.0
        for batch in batches:
            if alone * batch > most or (batch > 1 and threads < max(THREADS)):
                continue
            given = page(program, kind, batch)
            with torch.inference_mode():
                if batch == 1:
                    run(given)
                start = time.perf_counter()
                run(given)
            seconds = time.perf_counter() - start
            alone = alone or seconds
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            yield {
                "network": kind, "engine": engine, "threads": threads, "batch": batch,
                "pages_a_second": batch / seconds / per_page, "peak_mb": memory,
            }  # fmt: skip


def matrix_rate() -> float:
    """Multiplications and additions a second of the card with large fp16 matrices."""
    import torch

    left = torch.randn(8192, 8192, device="cuda", dtype=torch.float16)
    for _warm in range(3):
        left @ left
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _run in range(20):
        left @ left
    torch.cuda.synchronize()
    return 20 * 2 * 8192**3 / (time.perf_counter() - start)


def on_card(kind: str, rate: float) -> Iterator[dict[str, Any]]:
    """The network in torch on the card, as `runtime.calculating` has it."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from model_backend import runtime

    program = program_of(kind)
    module = program.module.to("cuda")
    per_page = TILES if kind == "unet" else 1
    for batch in CUDA_BATCHES[:1] if kind == "faster-rcnn" else CUDA_BATCHES:
        given = [value.to("cuda") for value in page(program, kind, batch).values()]
        torch.cuda.reset_peak_memory_stats()
        with torch.inference_mode(), runtime.calculating(runtime.Device("cuda", "", "")):
            with FlopCounterMode(display=False) as counted:
                module(*given)
            torch.cuda.synchronize()
            start = time.perf_counter()
            for _run in range(10):
                module(*given)
            torch.cuda.synchronize()
        seconds = (time.perf_counter() - start) / 10
        yield {
            "network": kind, "engine": "cuda", "threads": 0, "batch": batch,
            "pages_a_second": batch / seconds / per_page,
            "peak_mb": torch.cuda.max_memory_allocated() / 2**20,
            "share_of_matrix_rate": counted.get_total_flops() / seconds / rate,
        }  # fmt: skip


def end_to_end(pages: int, device: str, folder: Path) -> dict[str, Any]:
    """Pages from their file to proposals by a LayoutLM of the published size, as windows ask."""
    from safetensors.torch import save_file

    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    from model_backend.checkpoints.adding import Answers, install, record_of
    from model_backend.checkpoints.recognizing import recognize
    from model_backend.predictors.predicting import predict_pages
    from model_backend.predictors.self_test import sample_page

    network = published("layoutlm")
    network.config.id2label = dict(enumerate("ABCDEFG"))
    there = folder / "layoutlm-base"
    there.mkdir()
    save_file(network.state_dict(), there / "model.safetensors")
    network.config.save_pretrained(there)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *(chr(n) for n in range(33, 127)),
                  *(f"##{chr(n)}" for n in range(33, 127))]  # fmt: skip
    (there / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    found = recognize(there)
    name = install(record_of(found, Answers()), found.files).name
    path, sheet = sample_page("entities")
    predict_pages([(path, sheet, "")], [name], device)
    start = time.perf_counter()
    for _step in range(0, pages, 4):
        predict_pages([(path, sheet, "")] * 4, [name], device)
    seconds = time.perf_counter() - start
    return {"end_to_end": name, "device": device, "pages": pages, "pages_a_second": pages / seconds}


def printed(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(row), flush=True)
    elif "network" in row:
        head = f"{row['network']:18}{row['engine']:13}{row['threads']:2} threads, batch"
        rate = f"{row['batch']:2}: {row['pages_a_second']:8.3f} pages/s {row['peak_mb']:7.0f} MB"
        share = row.get("share_of_matrix_rate")
        tail = "" if share is None else f", {share:.0%} of the card's matrix rate"
        print(f"{head} {rate}{tail}", flush=True)
    else:
        print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)


def in_a_process(*arguments: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, __file__, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        yield {"failed": " ".join(arguments[:4]), "status": process.returncode}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(NETWORKS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--most", type=float, default=20.0)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.step:
        kind, engine, folder = options.step
        if engine == "write":
            write_programs(kind, Path(folder))
        else:
            for row in child(kind, engine, Path(folder), options.most):
                print(json.dumps(row), flush=True)
        return
    kinds = options.only.split(",")
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            for row in in_a_process("--step", kind, "write", folder):
                printed({"program": kind, **row}, as_json=options.json)
            for engine in ENGINES:
                if engine != "transformers" or kind in PUBLISHED:
                    asked = ("--most", str(options.most), "--step", kind, engine, folder)
                    for row in in_a_process(*asked):
                        printed(row, as_json=options.json)
            for path in Path(folder).glob(f"{kind}*.onnx"):
                path.unlink()
        card(kinds, options, Path(folder))


def card(kinds: list[str], options: argparse.Namespace, folder: Path) -> None:
    """What only a card tells."""
    import torch

    if options.device == "cuda" and not torch.cuda.is_available():
        print("no CUDA card here: its figures, and the pages end to end, are left out")
        return
    if options.device == "cuda":
        rate = matrix_rate()
        printed({"matrix rate": f"{rate / 1e12:.0f} TFLOP/s in fp16"}, as_json=options.json)
        for kind in kinds:
            for row in on_card(kind, rate):
                printed(row, as_json=options.json)
    printed(end_to_end(options.pages, options.device, folder), as_json=options.json)


if __name__ == "__main__":
    main()
