"""The English that forms are made of: labels, by topic and kind of value."""

from __future__ import annotations

from model_backend.synthesis.word_lists import listed

TOPICS = {
    "person": {
        "person": "Name|Full Name|Name of Applicant|Applicant|Applicant's Name|Contact|"
        "Contact Person|Contact Name|Spouse|Name of Spouse|Next of Kin|Guardian|Employee|"
        "Employee Name|Supervisor|Manager|Member Name|Print Name|Representative|Owner|Tenant|"
        "Attention|Care of|Nominee|Name (please print)|Name of Employee|"
        "Name of Parent or Guardian|Beneficiary|Witness",
        "last": "Last Name|Surname|Family Name|Maiden Name|Last",
        "first": "First Name|First|Given Name|Middle Name|Preferred Name",
        "initials": "Initials|Middle Initial|M.I.|MI",
        "date": "Date of Birth|Birth Date|DOB|Date|Date Signed|Date Hired|Start Date|"
        "Date Available|Date of Hire|Date of Marriage|Expiration Date|Valid Until|Member Since",
        "age": "Age|Age (last birthday)|Age at Entry|No. of Dependents|Years of Service",
        "sex": "Sex|Gender|M/F",
        "code": "Social Security No.|S.S. No.|SSN|Employee No.|Employee ID|Badge No.|I.D. Number|"
        "Member No.|License Number|Passport No.|Clock No.|File Number|Driver's License",
        "phone": "Telephone|Phone|Home Phone|Work Phone|Phone No.|Business Phone|"
        "Daytime Telephone|Telephone No.|Tel. No.|Area Code & Phone|Extension|Ext.|Mobile",
        "job": "Occupation|Job Title|Title|Position|Present Position|Position Applied For|"
        "Profession|Grade/Title",
        "status": "Marital Status|Citizenship|Nationality|Religion|Race|Classification|Status",
    },
    "address": {
        "street": "Address|Street|Street Address|Home Address|Mailing Address|Business Address|"
        "No. and Street|Address Line 1|P.O. Box or Street|Permanent Address|Billing Address",
        "city": "City|Town|City or Town|Place|Location|County|Birthplace|Place of Birth|Office|"
        "Branch",
        "state": "State|Province|St.|State/Province|Region|District",
        "zip": "Zip|Zip Code|ZIP|Postal Code|Zip Code + 4",
        "country": "Country|Country of Origin|Nation",
        "address": "Full Address|Ship To|Bill To|Sold To|Deliver To|Mail To|Return To|Remit To|"
        "Send Report To|Address of Firm|Mailing Instructions",
        "phone": "Telephone|Fax|Fax No.|Fax Number|Phone Number|Telex|Facsimile No.|Switchboard",
        "email": "E-mail|Email Address|Internet Address|E-mail (optional)",
    },
    "company": {
        "company": "Company|Company Name|Firm|Name of Firm|Organization|Institution|Vendor|"
        "Supplier|Customer|Customer Name|Client|Client Name|Agency|Manufacturer|Distributor|"
        "Contractor|Carrier|Payee|Account Name|Bank|Name of Bank|Employer|Present Employer|"
        "Retailer|Sponsor|Broker|Printer|Publisher|Wholesaler|Shipper|Name of Account|School|"
        "Hospital",
        "department": "Department|Dept.|Division|Section|Unit|Branch|Cost Center|Region|Area|"
        "Group|Laboratory|Program|Territory|Plant|Building|Floor|Room No.",
        "person": "Attn.|Attention|Contact|Salesperson|Sales Representative|Account Executive|"
        "Buyer|Purchasing Agent|Authorized By|Coordinator|Field Manager|Agent",
        "code": "Account No.|Acct. No.|Account Number|Customer No.|Vendor Code|Tax ID|"
        "Federal ID No.|Charge To|Cost Code|G/L Account|Budget Code|Branch Code|Dealer No.|"
        "Store No.",
        "count": "No. of Employees|Number of Stores|No. of Outlets|Number of Locations|"
        "Year Founded",
        "phrase": "Type of Business|Nature of Business|Principal Product|Line of Business|"
        "Class of Trade",
    },
    "order": {
        "code": "P.O. No.|P.O. Number|Purchase Order|Order No.|Invoice No.|Invoice Number|"
        "Our Order No.|Your Order No.|Requisition No.|Ref. No.|Reference|Job No.|Job Number|"
        "Contract No.|Quote No.|Catalog No.|Item No.|Part Number|Stock No.|Lot No.|Batch No.|"
        "Serial No.|Model No.|Voucher No.|Check No.|Receipt No.|Bill of Lading|Release No.|"
        "Estimate No.",
        "date": "Date|Order Date|Invoice Date|Date Ordered|Date Shipped|Ship Date|Due Date|"
        "Date Required|Required Date|Delivery Date|Date Received|Date Needed|Date Promised|"
        "Payment Due|Date of Order|Date Paid|Billing Date|Closing Date",
        "terms": "Terms|Terms of Payment|Payment Terms|F.O.B.|FOB Point|Ship Via|Shipped Via|"
        "Method of Shipment|Method of Payment|Freight|Delivery Terms|Routing",
        "amount": "Amount|Total|Sub-Total|Subtotal|Sales Tax|Tax|Shipping|Freight|Total Due|"
        "Amount Due|Balance Due|Deposit|Discount|Unit Price|Price|Price Each|Net Amount|"
        "Grand Total|Less Advance|Amount Enclosed|Handling|Total Amount|Amount Paid|"
        "Invoice Total|Cost per Unit|Net Cost",
        "count": "Quantity|Qty.|Qty|No. of Cartons|Number of Pieces|Cases|Units|Quantity Ordered|"
        "Quantity Shipped|Copies|No. of Copies|Boxes|Sets|Pieces per Case",
        "product": "Item|Description|Product|Product Name|Article|Material|Commodity|Model|Brand|"
        "Brand Name|Style|Part Description|Service",
        "quantity": "Weight|Gross Weight|Net Weight|Size|Net Wt.|Dimensions|Volume|Case Size",
        "person": "Ordered By|Requested By|Received By|Checked By|Shipped By|Packed By|Filled By|"
        "Sold By|Entered By|Deliver To|Requisitioned By|Paid By",
    },
    "project": {
        "phrase": "Project|Project Name|Project Title|Subject|Re|Title|Title of Project|"
        "Program Name|Name of Event|Promotion|Name of Promotion|Campaign|Theme|Type of Project|"
        "Type of Study|Product Category|Category|Type|Objective|Purpose|Description|Scope|"
        "Study Title|Event|Topic|Activity|Media|Medium|Publication|Space|Position|Market|"
        "Target Group|Title of Study",
        "code": "Project No.|Project Number|Project #|Study No.|Budget No.|Control No.|Log No.|"
        "Case No.|Job #|AFE No.|Protocol No.|Grant Number|Document No.|File No.|Form No.|Code|"
        "Index No.",
        "date": "Date Submitted|Date of Request|Date Approved|Start Date|Starting Date|"
        "Completion Date|Date Completed|Target Date|Effective Date|Review Date|Due Date|"
        "Final Report Due|Date Issued|Revised Date|Field Complete|Date Initiated|Issue Date|"
        "Closing Date|Date Prepared|Begin Date|End Date|Insertion Date|Date Routed|Return By|"
        "Deadline",
        "period": "Period|Period Covered|Duration|Time Period|Fiscal Year|Year|Quarter|Term|"
        "Schedule|Contract Period|Budget Year|Length of Study|Timing|Season",
        "amount": "Budget|Total Budget|Estimated Cost|Cost|Total Cost|Actual Cost|"
        "Amount Requested|Amount Approved|Balance|Previous Commitments|Amount of Change|Capital|"
        "Expense|Current Estimate|Original Budget|Funds Available|Amount Authorized|Contribution|"
        "Spent to Date|Cost to Complete",
        "person": "Project Leader|Project Manager|Prepared By|Submitted By|Requested By|"
        "Approved By|Approved|Reviewed By|Originator|Principal Investigator|Investigator|"
        "Coordinator|From|To|Authorized By|Initiated By|Written By|Assigned To|Technician|Author|"
        "Copy To|Responsible Person|Other Personnel Assigned|Recorded By|Proofread By|Director|"
        "Presented By|Speaker",
        "persons": "cc|Copies to|Distribution|Attendees|Participants|Team Members|Circulation|Copy",
        "sentence": "Remarks|Comments|Reason|Reasons|Action Taken|Result|Results|Status|"
        "Conclusion|Recommendation|Special Instructions|Background|Problem|Suggestion|Next Step|"
        "Follow-up|Method|Justification|Explanation|Notes|Basis of Estimate|Changes",
        "percent": "Percent Complete|% of Total|Share|Rate|% Change|Response Rate|Completion",
        "count": "No. of Pages|Number of Respondents|Sample Size|No. of Interviews|"
        "Copies Required|Total Number|Frequency|Circulation|Attendance|Priority|Revision|Rev.|"
        "Sheet|Page",
    },
    "fax": {
        "person": "To|From|Attn|Attention|Sender|Recipient|Sent By|Operator|Transmitted By",
        "company": "Company|Firm|Organization|Office|To (Company)|Location",
        "phone": "Fax|Fax No.|Fax Number|Fax #|Telephone|Phone|Phone Number|Telecopier No.|"
        "Our Fax No.|Telephone No.|Confirmation Phone|Voice|Direct Dial|Facsimile Number|"
        "Telecopy #",
        "date": "Date|Date Sent|Today's Date|Date of Transmission",
        "time": "Time|Time Sent|Time of Transmission",
        "count": "Pages|No. of Pages|Number of Pages|Total Pages|Pages (including cover)|"
        "Number of pages including this cover sheet|Total number of pages|Pages to follow",
        "phrase": "Subject|Re|Reference|Regarding|Concerning",
        "code": "Client No.|Matter No.|Client/Matter|File|User Code|Charge No.|Our Ref.|Your Ref.",
        "sentence": "Message|Comments|Remarks|Notes|Special Instructions|Note",
        "persons": "cc|Copies|Copy to",
    },
    "laboratory": {
        "code": "Sample No.|Sample Number|Lab No.|Test No.|Code|Run No.|Notebook Page|Lot Number|"
        "Specimen No.|Accession No.|Experiment No.|Ref. Page|Batch|Protocol|Method No.|Slide No.",
        "date": "Date Received|Date Tested|Date Reported|Date Sampled|Test Date|Date Analyzed|"
        "Date of Analysis|Collected|Reported|Date Started|Date Completed",
        "person": "Analyst|Technician|Chemist|Submitted By|Investigator|Tested By|Requested By|"
        "Supervisor|Reported To|Checked By|Study Director|Operator|Sampled By|Witnessed By",
        "quantity": "Weight|Length|Width|Moisture|Temperature|Volume|Density|Diameter|Pressure|"
        "Pressure Drop|Dose|Sample Size|Concentration|Melting Point|Boiling Point|"
        "Molecular Weight|Thickness|Flow Rate|Wave Length|Dry Weight|Basis Weight|Porosity|"
        "Firmness|Overall Length",
        "number": "pH|Mean|Std. Dev.|Average|Minimum|Maximum|Range|Limit|Result|Value|Factor|"
        "Ratio|Standard|Specification|Index|Control|Blank|Replicate|Reading|Count",
        "percent": "Purity|Yield|Recovery|% Solids|Ash|Nitrogen|Humidity|Alcohol|Assay|% Moisture",
        "product": "Material|Compound|Compound Name|Sample|Description of Sample|Product|Species|"
        "Strain|Source|Supplier|Solvent|Instrument|Equipment|Vehicle|Color|Form|Appearance|"
        "Packaging",
        "sentence": "Observations|Conclusion|Remarks|Comments|Storage|Handling|Precautions|"
        "Method|Procedure|Physical State|Solubility|Safety Comments|Storage Recommendations|"
        "Interpretation",
        "count": "No. of Samples|Number of Animals|Replicates|Number Tested|No. of Runs|Cages|"
        "Group",
    },
    "claim": {
        "person": "Patient|Patient's Name|Name of Patient|Insured|Insured's Name|Policyholder|"
        "Claimant|Attending Physician|Physician|Referring Physician|Provider|Subscriber|Adjuster|"
        "Agent|Dependent|Injured Person|Name of Doctor|Driver|Examiner|Witness",
        "code": "Policy No.|Policy Number|Claim No.|Claim Number|Group No.|Group Number|"
        "Certificate No.|Subscriber ID|Member ID|Medical Record No.|Chart No.|Diagnosis Code|"
        "Procedure Code|Plan Code|Authorization No.|Provider No.|File No.",
        "date": "Date of Accident|Date of Loss|Date of Service|Date of Injury|Date Admitted|"
        "Date Discharged|Date of Illness|Date of First Visit|Date Last Worked|Date of Death|"
        "Effective Date|Onset|Date Returned to Work|Date of Visit|Date of Birth",
        "time": "Time|Time of Accident|Hour|Time Admitted|Time of Day|Hour of Loss",
        "amount": "Amount Claimed|Total Charges|Deductible|Charges|Amount Paid|Benefit|"
        "Co-payment|Premium|Amount of Insurance|Estimate of Damage|Balance|Total Loss|Reserve|Fee",
        "phrase": "Diagnosis|Nature of Injury|Cause of Loss|Type of Coverage|Nature of Illness|"
        "Condition|Part of Body|Type of Claim|Treatment|Medication|Allergies|Type of Loss|"
        "Procedure|Plan",
        "company": "Insurance Company|Name of Hospital|Hospital|Employer|Insurer|Clinic|Carrier|"
        "Facility",
        "quantity": "Height|Weight|Blood Pressure|Pulse|Temperature|Dosage|Respiration",
        "sentence": "How did it happen|Description of Accident|Describe Injury|Remarks|"
        "Medical History|Findings|Details of Loss|Physician's Statement|Present Complaint|"
        "Treatment Given",
    },
    "expense": {
        "person": "Employee|Name|Traveler|Claimant|Approved By|Approved|Paid To|Pay To|Guest|"
        "Payee|Cashier",
        "date": "Date|From|To|Week Ending|Period Ending|Date of Trip|Departure|Return|Date Left|"
        "Check Date",
        "amount": "Lodging|Meals|Air Fare|Taxi|Mileage|Parking|Tolls|Tips|Telephone|Car Rental|"
        "Entertainment|Postage|Total|Advance|Less Cash Advance|Due Employee|Due Company|"
        "Miscellaneous|Daily Total|Breakfast|Lunch|Dinner|Hotel|Registration Fee|Supplies|"
        "Laundry|Total Expenses|Fuel",
        "city": "Destination|City|Place|From (City)|To (City)|Where Incurred|Travel To|"
        "Departure City",
        "phrase": "Purpose of Trip|Business Purpose|Purpose|Explanation|Nature of Expense|"
        "Type of Expense",
        "count": "Miles|Days|Nights|No. of Persons|Odometer|Miles Driven|Receipts Attached",
        "code": "Account|Cost Center|Charge No.|Report No.|Voucher No.|Expense Code|Trip No.",
        "terms": "Method of Payment|Paid By|Charge To|Class of Travel|Mode of Travel",
    },
    "survey": {
        "count": "Number in Household|How many years|No. of Children|Times per week|"
        "Hours per day|Age Group",
        "phrase": "Favorite Brand|Brand Used|Preferred Size|Type Used|Most Recent Purchase|Store|"
        "Education",
        "code": "Respondent No.|Interview No.|Questionnaire No.|Card No.|Cell|Quota|Job No.|"
        "Interviewer ID",
        "person": "Respondent|Interviewer|Name of Respondent|Validated By|Edited By|Coded By",
        "time": "Time Started|Time Ended|Time Began|Length of Interview|Start|Finish",
        "date": "Date of Interview|Date|Interview Date|Date Validated",
        "city": "City|Market|Location|Sampling Point|Mall",
        "percent": "Share of Use|Percent Agree|Weighted Share",
        "sentence": "Why do you say that|Other comments|Reason for liking|Suggestions|"
        "Please explain",
    },
}
"""Labels of each topic by the kind of value that answers them, set apart by bars."""

MODIFIERS = listed(
    "Total|Estimated|Est.|Actual|Previous|Revised|Final|Initial|Requested|Approved|Current|"
    "Monthly|Annual|Net|Gross|Average|Maximum|Minimum|Original|Proposed|Projected|Adjusted|"
    "Additional|Planned|Weekly|Daily|Last Year|This Year|Regular|Other|Prior|Combined|Authorized|"
    "Standard|Base|Local|Direct"
)
NOUNS = {
    "amount": "Cost|Budget|Amount|Price|Expense|Payment|Balance|Sales|Charges|Value|Income|"
    "Salary|Fee",
    "count": "Quantity|Units|Volume|Hours|Copies|Distribution|Inventory|Shipments|Orders|Visits|"
    "Calls",
    "date": "Date|Completion Date|Delivery Date|Start Date|Due Date|Review",
    "percent": "Share|Rate|Increase|Change|Percentage|Discount|Margin|Growth",
    "quantity": "Weight|Length|Size|Capacity|Distance|Height|Area|Temperature",
}
PATTERNS = {
    "code": "{} No.|{} Number|{} Code|{} #|{} I.D.",
    "phrase": "Type of {}|Name of {}|Kind of {}|{} Type|Description of {}|{} Description|{} Name",
    "count": "No. of {}s|Number of {}s|{}s Used|{}s Required|Total {}s",
    "date": "{} Date|Date of {}|{} Received|Date {} Due",
    "person": "{} By|{} Prepared By|{} Approved By|{} Contact|{} Manager",
    "amount": "{} Cost|Cost of {}|{} Amount|Price per {}|{} Budget",
}
THINGS = listed(
    "Sample|Product|Project|Report|Order|Item|Display|Package|Carton|Machine|Vehicle|Policy|"
    "Program|Sign|Account|Store|Unit|Test|Study|Shipment|Contract|Coupon|Event|Device|Plan|"
    "Request|Panel|Material|Label|Invoice|Filter|Poster|Page|Photo|Card|Meeting|Brand|Print|Tape|"
    "Design|Mailing|Interview|Survey"
)

HINTS = listed(
    "(if any)|(if applicable)|(please print)|(check one)|(optional)|(Mo./Day/Yr.)|(describe)|"
    "(in full)|(attach copy)|(see reverse)|(required)|(last, first)|(if known)|(specify)|"
    "(month/day)|(per unit)|(USD)|(include area code)|(use additional sheet if necessary)|"
    "(to be completed by office)|(in inches)|($000)"
)
