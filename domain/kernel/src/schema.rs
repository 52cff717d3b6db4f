//! The tables, as `diesel print-schema` writes them: generated from the migrations (scripts/schema), never edited.
#![expect(missing_docs, reason = "generated")]

pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "xid8", schema = "pg_catalog"))]
    pub struct Xid8;
}

diesel::table! {
    affiliation (id) {
        id -> Uuid,
        member_id -> Uuid,
        organization_id -> Uuid,
        position -> Nullable<Text>,
        service -> Nullable<Text>,
        profession -> Nullable<Text>,
        is_primary -> Bool,
        valid -> Tstzrange,
        field_sources -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    audit_event (position) {
        position -> Int8,
        at -> Timestamptz,
        principal_id -> Uuid,
        action -> Text,
        noun -> Text,
        object -> Nullable<Text>,
        object_version -> Nullable<Int4>,
        outcome -> Text,
        reason -> Nullable<Text>,
        changed_fields -> Array<Text>,
        request_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    change_event (position) {
        position -> Int8,
        xid -> Xid8,
        epoch -> Int4,
        noun -> Text,
        object_id -> Uuid,
        object_version -> Int4,
        verb -> Text,
        changed_fields -> Array<Text>,
        actor_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    co_animation (id) {
        id -> Uuid,
        network_id -> Uuid,
        organization_id -> Uuid,
        scope -> Text,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    contact (id) {
        id -> Uuid,
        kind -> Text,
        given_name -> Nullable<Text>,
        name -> Text,
        organization_id -> Nullable<Uuid>,
        organization_name -> Nullable<Text>,
        role_title -> Nullable<Text>,
        email -> Nullable<Text>,
        phones -> Array<Text>,
        website -> Nullable<Text>,
        note -> Nullable<Text>,
        sharing -> Text,
        network_id -> Nullable<Uuid>,
        owner_id -> Uuid,
        review_by -> Nullable<Date>,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    epoch (number) {
        number -> Int4,
    }
}

diesel::table! {
    expertise_endorsement (id) {
        id -> Uuid,
        expertise_id -> Uuid,
        member_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    expertise_request (id) {
        id -> Uuid,
        asker_id -> Uuid,
        expert_id -> Uuid,
        term_id -> Nullable<Uuid>,
        need -> Text,
        decision -> Text,
        decided_at -> Nullable<Timestamptz>,
        decline_reason -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    expertise_term (id) {
        id -> Uuid,
        code -> Text,
        label -> Text,
        label_en -> Nullable<Text>,
        synonyms -> Array<Text>,
        names -> Array<Text>,
        parent_id -> Nullable<Uuid>,
        network_ids -> Array<Uuid>,
        retired_at -> Nullable<Timestamptz>,
        status -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    external_id (noun, source_id, value) {
        noun -> Text,
        source_id -> Uuid,
        value -> Text,
        object_id -> Uuid,
    }
}

diesel::table! {
    history (object_id, object_version) {
        noun -> Text,
        object_id -> Uuid,
        object_version -> Int4,
        at -> Timestamptz,
        image -> Jsonb,
    }
}

diesel::table! {
    idempotency_key (principal_id, key) {
        principal_id -> Uuid,
        key -> Text,
        request_digest -> Bytea,
        object_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    identity (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        principal_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    member (id) {
        id -> Uuid,
        given_name -> Text,
        usual_name -> Text,
        display_name -> Text,
        sort_name -> Text,
        email -> Nullable<Text>,
        phones -> Array<Text>,
        languages -> Array<Text>,
        profile_visibility -> Text,
        activated_at -> Nullable<Timestamptz>,
        suspended_at -> Nullable<Timestamptz>,
        departed_at -> Nullable<Timestamptz>,
        pseudonymised_at -> Nullable<Timestamptz>,
        status -> Text,
        field_sources -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    member_expertise (id) {
        id -> Uuid,
        member_id -> Uuid,
        term_id -> Uuid,
        level -> Text,
        available_to_help -> Bool,
        last_confirmed_at -> Timestamptz,
        endorsements -> Int4,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    membership (id) {
        id -> Uuid,
        network_id -> Uuid,
        member_id -> Uuid,
        affiliation_id -> Uuid,
        organization_id -> Uuid,
        organization_kind -> Text,
        sort_name -> Text,
        role -> Text,
        interministerial -> Bool,
        valid -> Tstzrange,
        suspended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
        last_reviewed_at -> Nullable<Timestamptz>,
        source_id -> Uuid,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    network (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        audience -> Text,
        purpose -> Nullable<Text>,
        scope_note -> Nullable<Text>,
        cadence -> Text,
        visibility -> Text,
        join_policy -> Text,
        eligible_origins -> Array<Text>,
        annual_objectives -> Array<Text>,
        status -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    organization (id) {
        id -> Uuid,
        kind -> Text,
        prefecture_level -> Nullable<Text>,
        origin_override -> Nullable<Text>,
        origin -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        aliases -> Array<Text>,
        parent_id -> Nullable<Uuid>,
        siren -> Nullable<Text>,
        sirets -> Array<Text>,
        territory_code -> Nullable<Text>,
        email_domains -> Array<Text>,
        website -> Nullable<Text>,
        contact_points -> Jsonb,
        successor_ids -> Array<Uuid>,
        status -> Text,
        field_sources -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    organization_link (id) {
        id -> Uuid,
        from_id -> Uuid,
        to_id -> Uuid,
        kind -> Text,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    organization_period (organization_id, valid) {
        organization_id -> Uuid,
        valid -> Tstzrange,
        kind -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        parent_id -> Nullable<Uuid>,
        territory_code -> Nullable<Text>,
        status -> Text,
    }
}

diesel::table! {
    principal (id) {
        id -> Uuid,
        kind -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    role_assignment (id) {
        id -> Uuid,
        member_id -> Uuid,
        affiliation_id -> Uuid,
        role -> Text,
        organization_id -> Nullable<Uuid>,
        valid -> Tstzrange,
        granted_by -> Uuid,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    search_name (text, organization_id) {
        text -> Text,
        organization_id -> Uuid,
        kind -> Text,
        for_insiders -> Bool,
    }
}

diesel::table! {
    search_word (noun, word) {
        noun -> Text,
        word -> Text,
    }
}

diesel::table! {
    seat (id) {
        id -> Uuid,
        network_id -> Uuid,
        organization_id -> Uuid,
        role -> Text,
        min -> Int2,
        max -> Int2,
        professions -> Array<Text>,
        interministerial -> Bool,
        valid -> Tstzrange,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        updated_by -> Uuid,
    }
}

diesel::table! {
    service_account (id) {
        id -> Uuid,
        name -> Text,
        organization_id -> Uuid,
        owner_id -> Uuid,
        source_id -> Nullable<Uuid>,
        scopes -> Array<Text>,
        expires_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    source (id) {
        id -> Uuid,
        code -> Text,
        kind -> Text,
    }
}

diesel::table! {
    territory (code) {
        code -> Text,
        kind -> Text,
        name -> Text,
        parent_code -> Nullable<Text>,
        seat_insee_code -> Nullable<Text>,
        time_zone -> Text,
        cog_year -> Int2,
    }
}

diesel::table! {
    tracking_cell (network_id, organization_id) {
        network_id -> Uuid,
        organization_id -> Uuid,
        expected -> Int4,
        filled -> Int4,
        referents -> Int4,
        members -> Int4,
        gaps -> Int4,
        next_change_at -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(affiliation -> member (member_id));
diesel::joinable!(affiliation -> organization (organization_id));
diesel::joinable!(co_animation -> network (network_id));
diesel::joinable!(co_animation -> organization (organization_id));
diesel::joinable!(contact -> network (network_id));
diesel::joinable!(expertise_endorsement -> member (member_id));
diesel::joinable!(expertise_endorsement -> member_expertise (expertise_id));
diesel::joinable!(expertise_request -> expertise_term (term_id));
diesel::joinable!(external_id -> source (source_id));
diesel::joinable!(identity -> principal (principal_id));
diesel::joinable!(member -> principal (id));
diesel::joinable!(member_expertise -> expertise_term (term_id));
diesel::joinable!(member_expertise -> member (member_id));
diesel::joinable!(membership -> affiliation (affiliation_id));
diesel::joinable!(membership -> member (member_id));
diesel::joinable!(membership -> network (network_id));
diesel::joinable!(membership -> organization (organization_id));
diesel::joinable!(membership -> source (source_id));
diesel::joinable!(organization -> territory (territory_code));
diesel::joinable!(organization_period -> organization (organization_id));
diesel::joinable!(role_assignment -> affiliation (affiliation_id));
diesel::joinable!(role_assignment -> member (member_id));
diesel::joinable!(role_assignment -> organization (organization_id));
diesel::joinable!(role_assignment -> principal (granted_by));
diesel::joinable!(search_name -> organization (organization_id));
diesel::joinable!(seat -> network (network_id));
diesel::joinable!(seat -> organization (organization_id));
diesel::joinable!(service_account -> member (owner_id));
diesel::joinable!(service_account -> organization (organization_id));
diesel::joinable!(service_account -> principal (id));
diesel::joinable!(service_account -> source (source_id));
diesel::joinable!(tracking_cell -> network (network_id));
diesel::joinable!(tracking_cell -> organization (organization_id));

diesel::allow_tables_to_appear_in_same_query!(
    affiliation,
    audit_event,
    change_event,
    co_animation,
    contact,
    epoch,
    expertise_endorsement,
    expertise_request,
    expertise_term,
    external_id,
    history,
    idempotency_key,
    identity,
    member,
    member_expertise,
    membership,
    network,
    organization,
    organization_link,
    organization_period,
    principal,
    role_assignment,
    search_name,
    search_word,
    seat,
    service_account,
    source,
    territory,
    tracking_cell,
);
