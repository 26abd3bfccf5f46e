"""What a run writes."""

from __future__ import annotations

from upwind.flights.audit.document import audit_document
from upwind.pipeline.carry import Result
from upwind.readers.files import open_file
from upwind.readers.places import places_of
from upwind.render.content import NOTICE
from upwind.render.geojson import provenance_json, sources_collection, written
from upwind.render.geotiff import geotiff, search_map_raster
from upwind.render.report import Flown, report_page
from upwind.render.sheet import safety_sheet
from upwind.render.sites import sites_collection
from upwind.render.words import Language
from upwind.safety import DRAWS
from upwind.safety.around import surroundings

__all__ = ["documents"]


def documents(result: Result, language: Language) -> dict[str, str | bytes]:
    """Return every file that a run writes, by name."""
    given = {one.id: one for track in result.drawn for one in track.authorisations}
    audit = {
        "status": NOTICE,
        **audit_document(result.audits),
        "authorisations": [one.as_json() for one in given.values()],
        "flights": [row.as_json() for row in result.register],
        "conformance": [one.as_json() for one in result.conformances],
        "upwind": provenance_json(result.provenance),
    }
    flown = Flown(audited=result.drawn, kept=result.kept)
    made: dict[str, str | bytes] = {
        "sources.geojson": written(sources_collection(result.analyses, result.provenance)),
        "sites.geojson": written(sites_collection(result.fused, result.provenance)),
        "audit.json": written(audit),
        "report.html": report_page(
            result.mission.name, result.analyses, result.provenance, language, flown=flown, fused=result.fused
        ),
    }
    drawn = () if result.mission.places is None else places_of(open_file(result.mission.places, binary=True))
    for number, site in enumerate(result.fused.sites, start=1):
        if site.id in result.fused.protected:
            protection = result.fused.protected[site.id]
            near = surroundings(protection.lead, drawn, ()).places
            made[f"sheet-{number}.html"] = safety_sheet(protection, near, result.provenance, DRAWS, language)
    if result.fused.searched is not None:
        made["search.tif"] = geotiff(search_map_raster(result.fused.searched), NOTICE)
    return made
