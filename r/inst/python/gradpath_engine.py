"""What the R engine 'pytorch' does faster or more simply in Python: one call here saves several from R."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from gradpath_arithmetic import from_one
from torch import Tensor

# R's types of vectors: the dtype that {torch} makes of them, and numpy's name of what R hands over.
KINDS = {"double": (torch.float32, "f8"), "integer": (torch.int64, "i4"), "logical": (torch.bool, "i4")}


def tensor(
    data: Any, kind: str, shape: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Make a tensor from an R vector: a list of its values, or its bytes, the first dimension running fastest.

    ``kind`` is R's type of the vector. Bytes and not numpy arrays: reticulate knows only some versions of numpy.
    """
    default, code = KINDS[kind]
    # Through float64: a list of numbers must not be rounded to float32 on its way to float64.
    values = np.array(data, dtype=code) if isinstance(data, list) else np.frombuffer(data, dtype=code)
    if shape is not None:
        values = values.reshape(shape, order="F")
    made = torch.from_numpy(np.array(values, order="C"))
    return made.to(dtype=default if dtype is None else dtype, device=device).requires_grad_(requires_grad)


def like(data: Any, kind: str, shape: Any, other: Tensor) -> Tensor:
    """Make a tensor from an R vector that meets ``other`` in an operation: numbers take its floating dtype."""
    floating = kind == "double" and other.is_floating_point()
    return tensor(data, kind, shape, other.dtype if floating else None, other.device)


def to_list(x: Tensor) -> Any:
    """Return the numbers of a short tensor of at most one dimension; None for others."""
    if x.dim() > 1 or x.numel() > 32:
        return None
    return x.tolist() if x.dim() else [x.item()]


def item(x: Tensor) -> Any:
    """Return the number in a tensor of one element."""
    return x.item()


def unbind(x: Tensor, dim: int) -> list[Tensor]:
    """Return the slices along a dimension."""
    return list(x.unbind(dim))


def to_vector(x: Tensor) -> dict[str, Any]:
    """Return R's type, the shape and the bytes of a tensor, the first dimension running fastest."""
    x = x.detach().cpu()
    kind = "logical" if x.dtype == torch.bool else "double" if x.is_floating_point() else "integer"
    x = x.to(torch.float64 if kind == "double" else torch.int32)
    return {"kind": kind, "shape": list(x.shape), "bytes": bytearray(x.numpy().tobytes(order="F"))}


def shape(x: Tensor) -> list[int]:
    """Return the sizes of a tensor's dimensions."""
    return list(x.shape)


def ndim(x: Tensor) -> int:
    """Return how many dimensions a tensor has."""
    return x.dim()


def dtype(x: Tensor) -> torch.dtype:
    """Return a tensor's dtype."""
    return x.dtype


def device(x: Tensor) -> torch.device:
    """Return a tensor's device."""
    return x.device


def requires_grad(x: Tensor) -> bool:
    """Say whether autograd follows a tensor."""
    return x.requires_grad


def grad(x: Tensor) -> Tensor | None:
    """Return a tensor's gradient, or None before the first backward()."""
    return x.grad


def about(x: Tensor) -> dict[str, Any]:
    """Return what the last line of a printed tensor says."""
    names = {
        "float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16", "bool": "Bool",
        "int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte",
    }  # fmt: skip
    dtype = str(x.dtype).removeprefix("torch.")
    return {
        "type": x.device.type.upper() + names.get(dtype, dtype) + "Type",
        "shape": list(x.shape),
        "grad_fn": type(x.grad_fn).__name__ if x.grad_fn is not None else None,
        "requires_grad": x.requires_grad,
        "whole": not x.is_floating_point() and not x.is_complex(),
    }


def index(x: Tensor, steps: list[Any]) -> Tensor:
    """Apply R's index, one list of (kind, values) after another; see index_steps() in R."""
    for step in steps:
        x = x[tuple(_index_item(item) for item in step)]
    return x


def index_put(x: Tensor, step: list[Any], value: Any) -> None:
    """Assign to what R's index names."""
    x[tuple(_index_item(item) for item in step)] = value


def _index_item(item: list[Any]) -> Any:
    kind, value = item
    if kind == "slice":
        return slice(*value)
    if kind == "list":
        return torch.tensor(value, dtype=torch.int64)
    if kind == "mask":
        return torch.tensor(value, dtype=torch.bool)
    if kind == "tensor":
        return value if value.dtype == torch.bool else from_one(value)
    return {"all": slice(None), "new": None, "fill": Ellipsis}.get(kind, value)


def arange(
    start: float, end: float, step: float, dtype: Any, device: Any, requires_grad: bool, whole: bool
) -> Tensor:
    """Count from start to end, the end included as in R."""
    if whole and dtype is None:
        dtype = torch.int64
    if dtype is not None and not dtype.is_floating_point:
        end = int(end) + (1 if step > 0 else -1)
        start, step = int(start), int(step)
    else:
        end = float(np.nextafter(end, np.inf if step > 0 else -np.inf))
        start, step = float(start), float(step)
    return torch.arange(start, end, step, dtype=dtype, device=device, requires_grad=requires_grad)


def gradients(
    outputs: Any, inputs: Any, grad_outputs: Any, retain_graph: bool, create_graph: bool, allow_unused: bool
) -> list[Tensor]:
    """Return the gradients of outputs at inputs."""
    found = torch.autograd.grad(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused=allow_unused)
    return list(found)


def gradient(output: Tensor, point: Tensor) -> Tensor:
    """Return the gradient of one output at one point."""
    return torch.autograd.grad(output, point)[0]


def set_grad_enabled(mode: bool) -> bool:
    """Switch autograd on or off; return what it was."""
    before = torch.is_grad_enabled()
    torch._C._set_grad_enabled(mode)
    return before


def set_field(x: Any, name: str, value: Any) -> None:
    """Set an attribute."""
    setattr(x, name, value)


def parameters_of(module: Any, buffers: bool = False) -> dict[str, Tensor]:
    """Return a module's tensors by name, those of its children first, as {torch} lists them."""
    found: dict[str, Tensor] = {}
    for name, child in module._modules.items():
        if child is not None:
            found |= {f"{name}.{key}": value for key, value in parameters_of(child, buffers).items()}
    own = module._buffers if buffers else module._parameters
    found |= {name: value for name, value in own.items() if value is not None}
    kept, seen = {}, set()
    for name, value in found.items():
        if id(value) not in seen:
            seen.add(id(value))
            kept[name] = value
    return kept


def groups_of(opt: Any) -> list[dict[str, Any]]:
    """Return the parameter groups of an optimizer, plain enough for R."""
    return [{k: list(v) if isinstance(v, tuple) else v for k, v in g.items()} for g in opt.param_groups]


def set_group(opt: Any, number: int, fields: dict[str, Any]) -> None:
    """Write the fields of one parameter group; a pair that came through R as a list is a tuple again."""
    for key, value in fields.items():
        opt.param_groups[number][key] = tuple(value) if isinstance(value, list) else value


def state_of(opt: Any) -> dict[str, Any]:
    """Return a copy of the state of an optimizer by the number of its parameter, from 1."""
    state = opt.state_dict()["state"]
    return {
        str(number + 1): {k: _copy(v) for k, v in entry.items() if v is not None} for number, entry in state.items()
    }


# {torch}'s C++ optimizers hand out copies and take copies; PyTorch's share their tensors with the state.
def _copy(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def load_state(opt: Any, groups: list[Any], state: Any) -> None:
    """Load what groups_of() and state_of() gave; numbers of parameters count from 1."""
    # An empty list of R's has no names.
    state = dict(state)
    whole = opt.state_dict()
    for own, given in zip(whole["param_groups"], groups, strict=True):
        own.update({k: tuple(v) if isinstance(v, list) else v for k, v in given.items() if k != "params"})
    whole["state"] = {
        int(number) - 1: {k: _copy(v) for k, v in dict(entry).items()} for number, entry in state.items()
    }
    opt.load_state_dict(whole)


def load(path: str, device: Any) -> Any:
    """Read a file of tensors; nothing else in it is ever executed."""
    return torch.load(path, map_location=device, weights_only=True)


def write_tensors(file: str, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """Write a safetensors file."""
    from safetensors.torch import save_file

    save_file({name: tensor.clone() for name, tensor in tensors.items()}, file, metadata=texts or None)


def read_tensors(file: str) -> list[dict[str, Any]]:
    """Read a safetensors file: its tensors and its texts."""
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        # A copy: what is read must not stay tied to a file that may be replaced.
        return [{name: opened.get_tensor(name).clone() for name in opened.keys()}, opened.metadata() or {}]  # noqa: SIM118


def bytes_of(x: Tensor) -> bytearray:
    """Return the bytes of a tensor that lies in the order of its indices."""
    return bytearray(x.view(-1).view(torch.uint8).numpy())


def ignore_order_of_steps() -> Any:
    """Stop the warning about a schedule that goes on before its optimizer; return what brings it back."""
    caught = warnings.catch_warnings()
    caught.__enter__()
    warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step", UserWarning)
    return lambda: caught.__exit__(None, None, None)


class _RuleOptimizer(torch.optim.Optimizer):
    """An optimizer whose step is a function of R's, without arguments."""

    def __init__(self, groups: list[dict[str, Any]], defaults: dict[str, Any], take: Callable[[], None]) -> None:
        super().__init__(groups, defaults)
        self._take = take

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take it, after the closure, whose value is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self._take()
        return loss


def rule_optimizer(groups: list[dict[str, Any]], defaults: Any, take: Callable[[], None]) -> torch.optim.Optimizer:
    """Return an optimizer whose step is a function of R's."""
    # An empty list of R's has no names.
    return _RuleOptimizer(groups, dict(defaults or {}), take)


def version(x: Tensor) -> int:
    """Say how often a tensor was changed in place."""
    return x._version


def same(x: Any) -> Any:
    """Return what is given: R fetches it again with its numbers and texts as R's own."""
    return x


def field(x: Any, name: str) -> Any:
    """Return an attribute."""
    return getattr(x, name)


def is_method(name: str) -> bool:
    """Say whether a name belongs to a method of a tensor; an AttributeError says that there is no such name."""
    return callable(getattr(torch.Tensor, name))


def own_tensor(module: Any, name: str) -> Any:
    """Return a parameter, buffer or plain attribute of a module, or None."""
    return getattr(module, name, None)


def plain_dict(mapping: Any) -> dict[str, Any]:
    """Return a mapping as a plain dict, which R can hold as a list."""
    return dict(mapping)


def as_list(values: Any) -> list[Any]:
    """Return a tuple, named or not, as a list."""
    return list(values)


def from_buffer(buffer: bytearray, shape: list[int], dtype: str) -> torch.Tensor:
    """Return a tensor over the bytes of an R raw vector, which came here as a copy."""
    return torch.frombuffer(bytearray(buffer), dtype=getattr(torch, dtype)).reshape(shape)
