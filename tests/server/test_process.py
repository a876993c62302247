from pathlib import Path

from rapport.inference.ports import Embedder, Embedders
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings
from rapport.server.process import provide_ports


async def test_the_settings_decide_which_model_understands_meanings(
    database: Database, tmp_path: Path
) -> None:
    values = {"embeddings_base_url": "https://models.example/v1", "embeddings_model": "small"}
    settings = Settings.model_validate({"data_dir": tmp_path, **values})

    provide_ports(database, settings)

    assert database.ports.get(Embedder).name == "small@models.example/v1"
    assert database.ports.get(Embedders).describe("small@models.example/v1") != ""
