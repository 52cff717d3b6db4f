//! HTTP of the matrix (JSON, CSV, picture, one cell) and of the two tracking pages.

use ::networks::network::NetworkCode;
use ::networks::tracking::{CellQuery, Matrix, MatrixCsvQuery, MatrixQuery, TrackingCells};
use ::networks::tracking_page::{NetworkTracking, OrganizationTracking};
use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, get};
use kernel::{Cursor, OrganizationId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{matrix_csv, matrix_svg, picture};
use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{Listing, NoFilter, Query};
use crate::problem::{Problem, prefers_english};

impl Represent for Matrix {}

impl Represent for NetworkTracking {
    fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }
}

impl Represent for OrganizationTracking {
    fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }
}

impl Represent for TrackingCells {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_tracking_matrix).service(get_tracking_matrix_csv).service(get_tracking_matrix_svg);
    config.service(list_tracking_cells).service(get_network_tracking).service(get_organization_tracking);
}

/// Get the matrix
///
/// Returns the matrix of networks and communication directorates, now or on a past day: seats expected and filled,
/// référents, members and gaps.
///
/// **Access**:
/// - SIG coordinators, SIG administrators, auditors: the whole matrix;
/// - leads, co-leads and référents: the columns of their networks;
/// - communication directors and DICOM contributors: the organizations that they answer for, in the networks that they
///   may know of;
/// - organization administrators: their organizations, likewise.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 422 `invalid` if `as_of` is in the future.
#[utoipa::path(tag = "tracking", params(MatrixQuery), responses((status = 200, body = Matrix)))]
#[get("/tracking/matrix")]
async fn get_tracking_matrix(db: Db, query: Query<MatrixQuery>) -> Answer<Matrix> {
    db.read(move |store| store.matrix(query.0.as_of)).await
}

/// Get the matrix as CSV
///
/// Returns one line per row and column of the matrix (UTF-8 with a byte order mark), as `dialect` says.
/// Figures that the caller
/// does not read are empty.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, leads, co-leads, référents, communication directors,
/// DICOM contributors and organization administrators. Each gets what they read in `GET /tracking/matrix`.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 422 `invalid` if `as_of` is in the future.
///
/// **Notes**: Each download leaves a line in the audit log.
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

/// Get the matrix as a picture
///
/// Returns a heat map (SVG) that carries its values as text, in French, or in English by `Accept-Language`. It is drawn
/// for 1,440 pixels; opened by its address, it adapts to a narrow screen, to the dark and to paper.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, leads, co-leads, référents, communication directors,
/// DICOM contributors and organization administrators. Each sees what they read in `GET /tracking/matrix`.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 422 `invalid` if `as_of` is in the future.
#[utoipa::path(tag = "tracking", params(MatrixQuery), responses((status = 200, body = String, content_type = "image/svg+xml")))]
#[get("/tracking/matrix.svg")]
async fn get_tracking_matrix_svg(
    db: Db,
    query: Query<MatrixQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let matrix = db.render(move |store| store.matrix(query.0.as_of)).await?;
    let english = prefers_english(&request);
    Ok(picture::answer(matrix_svg::draw(&matrix, english), english))
}

/// List the organizations of a matrix cell
///
/// Returns the organizations that one cell of the matrix adds up, with their own figures, by short name.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, leads, co-leads, référents, communication directors,
/// DICOM contributors and organization administrators. Each gets the organizations that they read in this cell of
/// `GET /tracking/matrix`.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 404 `not_found` if the matrix of the caller has
/// no such column or row. 422 `invalid` if `as_of` is in the future.
#[utoipa::path(tag = "tracking", params(CellQuery), responses((status = 200, body = TrackingCells)))]
#[get("/tracking/cells")]
async fn list_tracking_cells(db: Db, query: Query<CellQuery>) -> Answer<TrackingCells> {
    db.read(move |store| store.matrix_cells(&query.0)).await
}

/// Get the tracking page of a network
///
/// Returns the state of a network, organization by organization: seats, référents, open action items and latest
/// follow-ups. The latest decisions are on the page too. The rows come in pages.
///
/// **Access**: SIG coordinators, SIG administrators, auditors; leads, co-leads and référents of the network.
/// Communication directors, DICOM contributors and organization administrators get the rows of their organizations.
///
/// **Errors**: 403 `forbidden` if the caller reads nothing of the network in the matrix. 404 `not_found` if the network
/// is hidden from the caller.
///
/// **Notes**: Follow-ups, decisions and action items are those that the caller may read in their own lists. Each
/// confidential one shown leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(NetworkCode, PageQuery), responses((status = 200, body = NetworkTracking)))]
#[get("/tracking/networks/{code}")]
async fn get_network_tracking(db: Db, code: Path<NetworkCode>, list: Listing<NoFilter>) -> Answer<NetworkTracking> {
    db.read(move |store| store.network_tracking(&code, &list.page)).await
}

/// Get the tracking page of an organization
///
/// Returns the state of an organization, network by network: seats, référents, open action items, latest follow-ups and
/// decisions. For a DICOM, the organizations that it serves are added. The rows come in pages.
///
/// **Access**:
/// - SIG coordinators, SIG administrators, auditors: all rows;
/// - communication directors, DICOM contributors and organization administrators who answer for it: the rows of their
///   organizations;
/// - leads, co-leads and référents: the rows of their networks, for any organization.
///
/// **Errors**: 403 `forbidden` if the caller reads none of its rows in the matrix.
///
/// **Notes**: Follow-ups, decisions and action items are those that the caller may read in their own lists. Each
/// confidential one shown leaves a line in the audit log. Follow-ups of merged or split predecessors are on the page of
/// their successor. The page of a merged or split organization stays readable and names its successors.
#[utoipa::path(tag = "tracking", params(OrganizationId, PageQuery), responses((status = 200, body = OrganizationTracking)))]
#[get("/tracking/organizations/{id}")]
async fn get_organization_tracking(
    db: Db,
    id: Path<OrganizationId>,
    list: Listing<NoFilter>,
) -> Answer<OrganizationTracking> {
    db.read(move |store| store.organization_tracking(*id, &list.page)).await
}

pub(super) fn private() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response.insert_header((header::VARY, "Authorization, Accept-Language"));
    response
}
