//! Signature help: the parameters of the call around the cursor, and which one is being written.

use super::failure::Failure;
use super::workspace::Workspace;
use gen_lsp_types::{
    ActiveParameter, Documentation, ParameterInformation, ParameterInformationLabel, SignatureHelp,
    SignatureHelpParams, SignatureInformation,
};
use ninelives_dsl::catalogue::{Default, policy, value_call};
use ninelives_dsl::editor::{Call, Cursor, Symbols};
use ninelives_dsl::source::FileId;

/// Answers `textDocument/signatureHelp`.
pub(super) fn signature(
    workspace: &Workspace<'_>,
    params: &SignatureHelpParams,
) -> Result<Option<SignatureHelp>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let cursor = Cursor::at(place.checked.text(), place.offset);
    let found = cursor.call.as_ref().and_then(|call| signature_of(place.checked.symbols(), call));
    Ok(found.map(|signature| SignatureHelp {
        signatures: vec![signature],
        active_signature: Some(0),
        active_parameter: None,
    }))
}

/// A parameter as it is shown, its name, and its documentation.
type Row = (String, String, String);

fn signature_of(symbols: &Symbols, call: &Call<'_>) -> Option<SignatureInformation> {
    let (rows, summary) = rows(symbols, call.callee)?;
    let active = match call.name {
        Some(name) => rows.iter().position(|(_, row, _)| row == name),
        None => Some(call.before.len()).filter(|at| *at < rows.len()),
    };
    let shown: Vec<&str> = rows.iter().map(|(shown, ..)| shown.as_str()).collect();
    let parameters = rows.iter().map(|(shown, _, doc)| ParameterInformation {
        label: ParameterInformationLabel::String(shown.clone()),
        documentation: Some(Documentation::String(doc.clone())),
    });
    Some(SignatureInformation {
        label: format!("{}({})", call.callee, shown.join(", ")),
        documentation: Some(Documentation::String(summary)),
        parameters: Some(parameters.collect()),
        active_parameter: active.and_then(|at| u32::try_from(at).ok()).map(ActiveParameter::Int),
    })
}

fn rows(symbols: &Symbols, callee: &str) -> Option<(Vec<Row>, String)> {
    if let Some(entry) = policy(callee) {
        let row = |it: &ninelives_dsl::catalogue::ParameterEntry| {
            let default = match &it.default {
                Default::Is(value) => Some(value.to_string()).filter(|text| !text.is_empty()),
                Default::Required => None,
            };
            let default = default.map(|default| format!(" = {default}")).unwrap_or_default();
            (format!("{}{default}", it.name), it.name.to_owned(), it.doc.to_owned())
        };
        return Some((entry.parameters.iter().map(row).collect(), entry.summary.to_owned()));
    }
    if let Some(call) = value_call(callee) {
        let rows = call.parameters.iter();
        let rows = rows.map(|it| (it.name.to_owned(), it.name.to_owned(), it.doc.to_owned()));
        return Some((rows.collect(), call.summary.to_owned()));
    }
    let (id, template) = symbols.find(FileId::default(), callee)?;
    let rows = symbols.parameters(id).map(|parameter| {
        let kind = parameter.value.map_or("", |kind| kind.phrase());
        (parameter.name.clone(), parameter.name.clone(), kind.to_owned())
    });
    Some((rows.collect(), template.docs.join("\n")))
}
