"""What the routes about people demand of whoever calls."""

from typing import Annotated

from fastapi import Depends, Query

from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted

CanRead = Annotated[Ctx, Depends(Permitted("customers.read"))]
CanWrite = Annotated[Ctx, Depends(Permitted("customers.write"))]
CanMerge = Annotated[Ctx, Depends(Permitted("customers.merge"))]
Limit = Annotated[int, Query(ge=1, le=100)]
