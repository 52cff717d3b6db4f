//! HTTP of the matrix: as JSON, as CSV, as a picture, and cell by cell.

use ::networks::network::NetworkCode;
use ::networks::tracking::{CellQuery, Matrix, MatrixCsvQuery, MatrixQuery, TrackingCells};
use ::networks::tracking_page::{NetworkTracking, OrganizationTracking};
use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, get};
use kernel::OrganizationId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{matrix_csv, matrix_svg};
use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::Query;
use crate::problem::Problem;

impl Represent for Matrix {}
impl Represent for NetworkTracking {}
impl Represent for OrganizationTracking {}
impl Represent for TrackingCells {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_tracking_matrix).service(get_tracking_matrix_csv).service(get_tracking_matrix_svg);
    config.service(list_tracking_cells).service(get_network_tracking).service(get_organization_tracking);
}

/// Read the matrix.
///
/// Networks × communication directorates, now or on a past day: how many are expected, how many sit there, référents,
/// gaps. The SIG and the auditor read all; those who animate or answer in a network its column; a DICOM its row; an
/// administrator his organization; others nothing (403).
#[utoipa::path(tag = "tracking", params(MatrixQuery), responses((status = 200, body = Matrix)))]
#[get("/tracking/matrix")]
async fn get_tracking_matrix(db: Db, query: Query<MatrixQuery>) -> Answer<Matrix> {
    db.read(move |store| store.matrix(query.0.as_of)).await
}

/// Read the matrix as CSV.
///
/// One line per row and column (RFC 4180 or the dialect of a French Excel, UTF-8 with a byte order mark), for the same
/// readers; on the record.
#[utoipa::path(tag = "tracking", params(MatrixCsvQuery), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/tracking/matrix.csv")]
async fn get_tracking_matrix_csv(
    db: Db,
    query: Query<MatrixCsvQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let dialect = matrix_csv::dialect(query.0.dialect, &request);
    let matrix = db
        .render(move |store| {
            store.exports("get_tracking_matrix_csv", "tracking");
            store.matrix(query.0.as_of)
        })
        .await?;
    let csv = matrix_csv::write(&matrix, dialect).map_err(|error| Problem::fault(&error))?;
    let mut response = private();
    response.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"matrice.csv\""));
    Ok(response.content_type("text/csv; charset=utf-8; header=present").body(csv))
}

/// Read the matrix as a picture.
///
/// A heat map (SVG) that carries its values as text, for the same readers.
#[utoipa::path(tag = "tracking", params(MatrixQuery), responses((status = 200, body = String, content_type = "image/svg+xml")))]
#[get("/tracking/matrix.svg")]
async fn get_tracking_matrix_svg(db: Db, query: Query<MatrixQuery>) -> Result<HttpResponse, Problem> {
    let matrix = db.render(move |store| store.matrix(query.0.as_of)).await?;
    Ok(private().content_type("image/svg+xml").body(matrix_svg::draw(&matrix)))
}

/// Open a cell of the matrix.
///
/// The organizations that it adds up, with their own figures; for whoever reads the cell.
#[utoipa::path(tag = "tracking", params(CellQuery), responses((status = 200, body = TrackingCells)))]
#[get("/tracking/cells")]
async fn list_tracking_cells(db: Db, query: Query<CellQuery>) -> Answer<TrackingCells> {
    db.read(move |store| store.matrix_cells(&query.0)).await
}

/// Follow a network.
///
/// Row by row (organization and référent): how its seats stand, who answers, what has yet to be done, how things stood;
/// with its latest follow-ups and its actions. Who reads its column of the matrix, as far as he reads it.
#[utoipa::path(tag = "tracking", params(NetworkCode), responses((status = 200, body = NetworkTracking)))]
#[get("/tracking/networks/{code}")]
async fn get_network_tracking(db: Db, code: Path<NetworkCode>) -> Answer<NetworkTracking> {
    db.read(move |store| store.network_tracking(&code)).await
}

/// Follow an organization.
///
/// Network by network, and for a DICOM with the organizations that it serves: the same facts as on the network axis. Who
/// reads its row of the matrix, as far as he reads it. What was followed up with those that went into it is there too; one
/// that was merged or split answers with its successors.
#[utoipa::path(tag = "tracking", params(OrganizationId), responses((status = 200, body = OrganizationTracking)))]
#[get("/tracking/organizations/{id}")]
async fn get_organization_tracking(db: Db, id: Path<OrganizationId>) -> Answer<OrganizationTracking> {
    db.read(move |store| store.organization_tracking(*id)).await
}

pub(super) fn private() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response.insert_header((header::VARY, "Authorization, Accept-Language"));
    response
}
