//! HTTP of indicators: JSON, CSV, a small picture, and the page of trends.

use ::networks::indicator::{IndicatorCsvQuery, IndicatorQuery, IndicatorSeries, Indicators};
use ::networks::tracking::CsvDialect;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::matrix_csv::{self, harmless};
use super::tracking::private;
use super::{picture, sparkline, trends};
use crate::answer::{Answer, Represent};
use crate::content_policy::own_style;
use crate::db::Db;
use crate::extract::Query;
use crate::problem::{Problem, prefers_english};

impl Represent for Indicators {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_tracking_indicators).service(get_tracking_indicators_csv);
    config.service(get_tracking_indicators_svg).service(get_tracking_trends);
}

/// Get indicators over time
///
/// Returns series of indicators, one per metric and network, DICOM, origin or territory. Each has a point at the end of
/// every week, month or quarter of the period. There are five metrics:
/// - `coverage`: seats filled, of those expected;
/// - `referent_rate`: référent seats filled, of those expected;
/// - `time_to_join`: mean number of days from a membership request to its last decision;
/// - `overdue_actions`: open action items past their due date, of all open ones;
/// - `reviews_done`: memberships confirmed by a review within a year, of all active ones.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, leads, co-leads, référents, communication directors,
/// DICOM contributors and organization administrators. Figures cover only what each of them reads in
/// `GET /tracking/matrix`.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 422 `invalid` if the period holds more than 30
/// days to measure, ends before it begins, or ends in the future.
///
/// **Notes**: The seats and members of a past month stay as published. Only the SIG has action items of confidential
/// follow-ups counted.
#[utoipa::path(tag = "tracking", params(IndicatorQuery), responses((status = 200, body = Indicators)))]
#[get("/tracking/indicators")]
async fn get_tracking_indicators(db: Db, query: Query<IndicatorQuery>) -> Answer<Indicators> {
    db.read(move |store| store.indicators(&query.0)).await
}

/// Get indicators as CSV
///
/// Returns one line per series and day (UTF-8 with a byte order mark), as `dialect` says.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, leads, co-leads, référents, communication directors,
/// DICOM contributors and organization administrators. Figures cover only what each of them reads in
/// `GET /tracking/matrix`.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 422 `invalid` if the period holds more than 30
/// days to measure, ends before it begins, or ends in the future.
///
/// **Notes**: Each download leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(IndicatorCsvQuery), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/tracking/indicators.csv")]
async fn get_tracking_indicators_csv(
    db: Db,
    query: Query<IndicatorCsvQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let dialect = matrix_csv::dialect(query.0.dialect, &request);
    let query = IndicatorQuery::from(query.0);
    let indicators = db
        .render(move |store| {
            store.exports("get_tracking_indicators_csv", "tracking");
            store.indicators(&query)
        })
        .await?;
    let csv = lines(&indicators, dialect).map_err(|error| Problem::fault(&error))?;
    let mut response = private();
    response.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"indicateurs.csv\""));
    Ok(response.content_type("text/csv; charset=utf-8; header=present").body(csv))
}

/// Get an indicator as a small picture
///
/// Returns a line chart (SVG) that carries its values as text, in French, or in English by `Accept-Language`. It shows
/// the first series that the query finds: give `metric` and `key` to choose it.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, leads, co-leads, référents, communication directors,
/// DICOM contributors and organization administrators. Figures cover only what each of them reads in
/// `GET /tracking/matrix`.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 422 `invalid` if the period holds more than 30
/// days to measure, ends before it begins, or ends in the future.
///
/// **Notes**: If the query finds no series, the picture says that there is nothing to measure.
#[utoipa::path(tag = "tracking", params(IndicatorQuery), responses((status = 200, body = String, content_type = "image/svg+xml")))]
#[get("/tracking/indicators.svg")]
async fn get_tracking_indicators_svg(
    db: Db,
    query: Query<IndicatorQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let indicators = db.render(move |store| store.indicators(&query.0)).await?;
    let nothing = IndicatorSeries::nothing();
    let series = indicators.series.first().unwrap_or(&nothing);
    let english = prefers_english(&request);
    Ok(picture::answer(sparkline::alone(series, english), english))
}

/// Get the page of trends
///
/// Returns a printable page (HTML) with a small picture per series: one row per key, one column per metric. It is in
/// French, or in English by `Accept-Language`.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, leads, co-leads, référents, communication directors,
/// DICOM contributors and organization administrators. Figures cover only what each of them reads in
/// `GET /tracking/matrix`.
///
/// **Errors**: 403 `forbidden` if the caller has none of these roles. 422 `invalid` if the period holds more than 30
/// days to measure, ends before it begins, or ends in the future.
#[utoipa::path(tag = "tracking", params(IndicatorQuery), responses((status = 200, body = String, content_type = "text/html")))]
#[get("/tracking/trends")]
async fn get_tracking_trends(
    db: Db,
    query: Query<IndicatorQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let days = query.0.days().map_err(Problem::from)?;
    let indicators = db.render(move |store| store.indicators(&query.0)).await?;
    let ends = days.first().zip(days.last()).map(|((_, from), (_, to))| (*from, *to));
    let (from, to) = ends.unwrap_or_default();
    let english = prefers_english(&request);
    let page = trends::write(&indicators, from, to, english).map_err(|error| Problem::fault(&error))?;
    Ok(private()
        .insert_header((header::CONTENT_SECURITY_POLICY, own_style(&trends::STYLE)))
        .insert_header((header::CONTENT_LANGUAGE, picture::lang(english)))
        .content_type("text/html; charset=utf-8")
        .body(page))
}

fn lines(indicators: &Indicators, dialect: CsvDialect) -> Result<Vec<u8>, csv::Error> {
    let mut writer = matrix_csv::writer(dialect);
    let decimal = |value: f64| {
        let written = format!("{value:.4}");
        if dialect == CsvDialect::ExcelFr { written.replace('.', ",") } else { written }
    };
    writer.write_record(["metric", "group_by", "key", "label", "on", "numerator", "denominator", "value"])?;
    for series in &indicators.series {
        for point in &series.points {
            writer.write_record([
                series.metric.code().to_owned(),
                indicators.group_by.code().to_owned(),
                harmless(&series.key),
                harmless(&series.label),
                point.on.to_string(),
                point.numerator.to_string(),
                point.denominator.to_string(),
                point.value.map(decimal).unwrap_or_default(),
            ])?;
        }
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
